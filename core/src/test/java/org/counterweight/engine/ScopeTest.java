package org.counterweight.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.counterweight.testing.TensorAssert.assertTensor;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;

class ScopeTest {
    @Test
    void whatIsMadeInsideIsFreedAtTheBrace() {
        Tensor inside;
        try (var scope = Scope.open()) {
            inside = Tensors.zeros(3);
            assertThat(inside.isNull()).isFalse();
        }
        assertThat(inside.isNull()).isTrue();
    }

    @Test
    void whatIsKeptLivesInTheEnclosingScope() {
        Tensor kept;
        try (var outer = Scope.open()) {
            try (var inner = Scope.open()) {
                kept = inner.keep(Tensors.doubles(new double[] {1, 2, 3}));
            }
            assertThat(Tensors.toDoubles(kept)).containsExactly(1, 2, 3);
        }
        assertThat(kept.isNull()).isTrue();
    }

    @Test
    void whatIsKeptWithoutAnEnclosingScopeBelongsToTheCaller() {
        Tensor kept;
        try (var scope = Scope.open()) {
            kept = scope.keep(Tensors.doubles(new double[] {1, 2, 3}));
        }
        assertThat(Tensors.toDoubles(kept)).containsExactly(1, 2, 3);
        kept.close();
        assertThat(kept.isNull()).isTrue();
    }

    @Test
    void whatIsOwnedOutlivesEveryScopeUntilItIsClosed() {
        Tensor owned;
        try (var outer = Scope.open()) {
            try (var inner = Scope.open()) {
                owned = Scope.own(Tensors.doubles(new double[] {4, 5}));
            }
        }
        assertThat(Tensors.toDoubles(owned)).containsExactly(4, 5);
        owned.close();
        assertThat(owned.isNull()).isTrue();
    }

    @Test
    void whatIsDetachedLivesUntilAnyThreadClosesIt() throws InterruptedException {
        Tensor inside;
        Tensor after;
        Scope detached;
        try (var outer = Scope.open()) {
            detached = Scope.open();
            inside = Tensors.doubles(new double[] {4, 5});
            detached.detach();
            after = Tensors.zeros(1);
        }
        assertThat(after.isNull()).as("made after it left the thread").isTrue();
        assertThat(Tensors.toDoubles(inside)).containsExactly(4, 5);
        var closer = new Thread(detached::close);
        closer.start();
        closer.join();
        assertThat(inside.isNull()).isTrue();
    }

    @Test
    void theSameSeedGivesTheSameNumbersAndChildrenDiffer() {
        try (var scope = Scope.open()) {
            Seed seed = new Seed(7);
            Tensor a = torch.empty(4)
                    .normal_(0, 1, Tensors.optional(seed.child("a").generator()));
            Tensor again = torch.empty(4)
                    .normal_(0, 1, Tensors.optional(new Seed(7).child("a").generator()));
            Tensor b = torch.empty(4)
                    .normal_(0, 1, Tensors.optional(seed.child("b").generator()));
            assertTensor(a).isEqualTo(again);
            assertThat(a.equal(b)).isFalse();
        }
    }
}
