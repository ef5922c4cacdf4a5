package org.counterweight.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.bytedeco.pytorch.global.torch.matmul;
import static org.counterweight.engine.Tensors.attention;
import static org.counterweight.engine.Tensors.gradients;
import static org.counterweight.engine.Tensors.scalar;
import static org.counterweight.engine.Tensors.softmax;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorBase;
import org.bytedeco.pytorch.VoidTensorHook;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** While the kernel works, OpenBLAS has one thread; before it, between forward and backward, and after it all of them. */
class FusedAttentionTest {
    private int before;

    @BeforeEach
    void takesTwoThreads() {
        before = Engine.threads();
        Engine.setThreads(2);
    }

    @AfterEach
    void putsThreadsBack() {
        Engine.setThreads(before);
    }

    @Test
    void openBlasSharesNothingBackwardsAndAllAfterwards() {
        assumeThat(Engine.productsLibrary()).startsWith("OpenBLAS");
        var seen = new ArrayList<Integer>();
        VoidTensorHook look = new VoidTensorHook() {
            @Override
            public void call(TensorBase gradient) {
                seen.add(openBlas());
            }
        };
        try (var scope = Scope.open()) {
            List<Tensor> leaves = List.of(random(1), random(2), random(3));
            Tensor q = leaves.get(0).mul(scalar(2));
            Tensor out = attention(q, leaves.get(1), leaves.get(2), null, 0, true, false);
            assertThat(openBlas()).isEqualTo(2);
            out.register_hook(look);
            q.register_hook(look);
            out.sum().backward();
        }
        assertThat(seen).containsExactly(1, 2);
        assertThat(openBlas()).isEqualTo(2);
        assertThat(Engine.threads()).isEqualTo(2);
    }

    /** The first layer below a frozen embedding: keys and values need no gradient. */
    @Test
    void oneOperandThatLearnsIsEnough() {
        assumeThat(Engine.productsLibrary()).startsWith("OpenBLAS");
        try (var scope = Scope.open()) {
            attention(random(1), random(2).detach(), random(3).detach(), null, 0, false, false)
                    .sum()
                    .backward();
        }
        assertThat(openBlas()).isEqualTo(2);
    }

    @Test
    void answersAsByHand() {
        try (var scope = Scope.open()) {
            Tensor q = random(1);
            Tensor k = random(2);
            Tensor v = random(3);
            Tensor direction = random(4).detach();
            Tensor byHand = matmul(softmax(matmul(q.mul(scalar(0.25)), k.transpose(-2, -1)), -1), v);
            Tensor fused = attention(q, k, v, null, 0, false, false);
            assertTensor(fused).isCloseTo(byHand, 1e-5, 1e-5);
            Tensor[] expected = gradients(byHand.mul(direction).sum(), false, q, k, v);
            Tensor[] found = gradients(fused.mul(direction).sum(), false, q, k, v);
            for (int i = 0; i < 3; i++) {
                assertTensor(found[i]).isCloseTo(expected[i], 1e-5, 1e-5);
            }
        }
    }

    /** JavaCPP's blas_get_num_threads tells LibTorch's. */
    private static int openBlas() {
        return new IntPointer(Loader.addressof("blas_cpu_number")).get();
    }

    /** Long enough for OpenBLAS to share the kernel's products out. */
    private static Tensor random(long seed) {
        return torch.empty(2, 4, 256, 16)
                .normal_(0, 1, Tensors.optional(new Seed(seed).generator()))
                .requires_grad_(true);
    }
}
