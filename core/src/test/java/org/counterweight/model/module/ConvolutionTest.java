package org.counterweight.model.module;

import static org.assertj.core.api.Assertions.assertThat;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.util.Arrays;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.module.Convolution.Direction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Convolutions of numbers of channels that fill no block of 16. */
class ConvolutionTest {
    private final Scope scope = Scope.open();

    @AfterEach
    void close() {
        scope.close();
    }

    private static Tensor normal(long seed, long... shape) {
        return torch.empty(shape)
                .normal_(0, 1, Tensors.optional(new Seed(seed).generator()))
                .requires_grad_(true);
    }

    /** Leaves NaN in the memory that is handed out next. */
    private static void poison() {
        var junk = new TensorVector();
        for (int i = 1; i < 1000; i++) {
            junk.push_back(torch.full(new long[] {16L * i}, Tensors.scalar(Double.NaN)));
        }
        junk.close();
    }

    @ParameterizedTest
    @CsvSource({"1, 4", "3, 24", "4, 4", "16, 5", "20, 16", "24, 40", "32, 16"})
    void areThoseOfDoublesWhateverTheMemoryHeld(long in, long out) {
        Tensor x = normal(1, 6, in, 8, 8);
        Tensor weight = normal(2, out, in, 3, 3);
        Tensor bias = normal(3, out);
        Tensor wide = torch.conv2d(
                x.to(ScalarType.Double),
                weight.to(ScalarType.Double),
                new TensorOptional(bias.to(ScalarType.Double)),
                new long[] {2, 2},
                new long[] {1, 1},
                new long[] {1, 1},
                1);
        wide.square().sum().backward();
        Tensor ofImages = taken(x);
        Tensor ofWeights = taken(weight);
        Tensor ofBias = taken(bias);
        Params params = Params.of(Map.of("conv.weight", weight, "conv.bias", bias));
        for (int i = 0; i < 10; i++) {
            try (var round = Scope.open()) {
                poison();
                Tensor y = params.conv("conv", x, Convolution.of(2, 1), Pass.evaluation());
                assertThat(y.sizes().vec().get()).containsExactly(6, out, 4, 4);
                assertTensor(y).isCloseTo(wide.to(ScalarType.Float), 1e-4, 1e-4);
                y.square().sum().backward();
                assertTensor(taken(x)).isCloseTo(ofImages, 1e-4, 1e-2);
                assertTensor(taken(weight)).isCloseTo(ofWeights, 1e-4, 1e-2);
                assertTensor(taken(bias)).isCloseTo(ofBias, 1e-4, 1e-2);
            }
        }
    }

    /** Gradients of gradients convolve with rows for channels, of which there are rarely sixteen. */
    @ParameterizedTest
    @CsvSource({"1, 4", "3, 24", "16, 5"})
    void soAreTheirSecondDerivatives(long in, long out) {
        Tensor x = normal(1, 6, in, 8, 8);
        Tensor weight = normal(2, out, in, 3, 3);
        Tensor wideX = x.detach().to(ScalarType.Double).requires_grad_(true);
        Tensor wideWeight = weight.detach().to(ScalarType.Double).requires_grad_(true);
        Tensor[] expected = second(wideX, wideWeight);
        for (int i = 0; i < 10; i++) {
            try (var round = Scope.open()) {
                poison();
                Tensor[] found = second(x, weight);
                for (int k = 0; k < found.length; k++) {
                    Tensor size = expected[k].abs().max();
                    assertTensor(found[k].to(ScalarType.Double).div(size)).isCloseTo(expected[k].div(size), 0, 1e-4);
                }
            }
        }
    }

    private static Tensor[] second(Tensor x, Tensor weight) {
        Params params = Params.of(Map.of("conv.weight", weight));
        Tensor y =
                params.conv("conv", x, Convolution.of(2, 1), Pass.evaluation().differentiable(2));
        Tensor[] first = Tensors.gradients(y.square().sum(), true, x, weight);
        return Tensors.gradients(first[0].square().sum().add(first[1].square().sum()), false, x, weight);
    }

    /** Of sequences, images and volumes, either way, in groups and with gaps: what double precision says. */
    @ParameterizedTest
    @CsvSource({
        "1, FORWARD, 1, 1, 1",
        "2, FORWARD, 2, 1, 2",
        "3, FORWARD, 2, 1, 1",
        "1, FORWARD, 1, 2, 3",
        "1, TRANSPOSED, 2, 1, 1",
        "2, TRANSPOSED, 2, 1, 2",
        "3, TRANSPOSED, 2, 1, 1",
        "1, TRANSPOSED, 2, 2, 1"
    })
    void goOverAnyNumberOfDimensions(int dims, Direction direction, long stride, long dilation, long groups) {
        boolean isTransposed = direction == Direction.TRANSPOSED;
        var shape = new Convolution(direction, stride, 1, isTransposed ? 1 : 0, dilation, groups);
        Tensor x = normal(1, shape(dims, 2, 6, 7)).detach();
        Tensor weight = normal(2, isTransposed ? shape(dims, 6, 12 / groups, 3) : shape(dims, 12, 6 / groups, 3))
                .detach();
        Tensor bias = normal(3, 12).detach();
        Params params = Params.of(Map.of("conv.weight", weight, "conv.bias", bias));
        Tensor wide = torch.convolution(
                x.to(ScalarType.Double),
                weight.to(ScalarType.Double),
                new TensorOptional(bias.to(ScalarType.Double)),
                all(dims, stride),
                all(dims, 1),
                all(dims, dilation),
                isTransposed,
                all(dims, shape.outputPadding()),
                groups);
        for (int i = 0; i < 3; i++) {
            try (var round = Scope.open()) {
                poison();
                assertTensor(params.conv("conv", x, shape, Pass.evaluation()))
                        .isCloseTo(wide.to(ScalarType.Float), 1e-4, 1e-4);
            }
        }
    }

    /** Two sizes, and one more in each of the other dimensions. */
    private static long[] shape(int dims, long first, long second, long each) {
        long[] shape = new long[dims + 2];
        Arrays.fill(shape, each);
        shape[0] = first;
        shape[1] = second;
        return shape;
    }

    private static long[] all(int dims, long value) {
        long[] all = new long[dims];
        Arrays.fill(all, value);
        return all;
    }

    private static Tensor taken(Tensor leaf) {
        Tensor gradient = leaf.grad().clone();
        leaf.mutable_grad().reset();
        return gradient;
    }
}
