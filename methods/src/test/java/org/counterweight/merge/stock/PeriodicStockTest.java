package org.counterweight.merge.stock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.counterweight.engine.Tensors.scalar;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.Configs;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.merge.stock.PeriodicStockConfig.OptimizerState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PeriodicStockTest {
    private final Scope scope = Scope.open();
    private final Tensor w0 = Tensors.floats(new float[] {1, 2, 3, 4});

    @AfterEach
    void close() {
        scope.close();
    }

    /** A noisy walk: each step adds a little of a seeded draw, and of a direction that all walkers share. */
    private static final class Walk implements PeriodicStock.Replica {
        private final Tensor w;
        private final Seed seed;
        private int resets;

        Walk(Tensor w0, long seed) {
            this.w = w0.clone();
            this.seed = new Seed(seed);
        }

        @Override
        public Map<String, Tensor> weights() {
            return Map.of("w", w);
        }

        @Override
        public void step(long step) {
            Tensor noise = Tensors.zeros(4)
                    .normal_(0, 1, Tensors.optional(seed.child(step).generator()));
            w.add_(noise.add_(scalar(1)), scalar(0.1));
        }

        @Override
        public void resetOptimizer() {
            resets++;
        }
    }

    private static PeriodicStockConfig config(long period, OptimizerState state) {
        return new PeriodicStockConfig(2, period, state, false, Configs.defaults(ModelStockConfig.class));
    }

    @Test
    void onePeriodIsMergingAfterTraining() {
        var replicas = List.of(new Walk(w0, 1), new Walk(w0, 2));
        var merges = new PeriodicStock(config(6, OptimizerState.KEEP), Map.of("w", w0), replicas).train(6, 0);
        var alone = List.of(new Walk(w0, 1), new Walk(w0, 2));
        alone.forEach(walk -> {
            for (int step = 0; step < 6; step++) {
                walk.step(step);
            }
        });
        Tensor merged = new ModelStock(Configs.defaults(ModelStockConfig.class))
                .combine("w", List.of(w0, alone.get(0).w, alone.get(1).w));
        assertThat(merges).hasSize(1);
        assertTensor(replicas.get(0).w).isEqualTo(merged);
        assertTensor(replicas.get(1).w).isEqualTo(merged);
        assertTensor(w0).isEqualTo(Tensors.floats(new float[] {1, 2, 3, 4}));
    }

    @Test
    void replicasOfOneSeedAreMergedIntoThemselves() {
        var replicas = List.of(new Walk(w0, 1), new Walk(w0, 1));
        new PeriodicStock(config(2, OptimizerState.KEEP), Map.of("w", w0), replicas).train(7, 0);
        Walk alone = new Walk(w0, 1);
        for (int step = 0; step < 7; step++) {
            alone.step(step);
        }
        assertTensor(replicas.get(0).w).isCloseTo(alone.w, 1e-5, 1e-6);
    }

    @Test
    void theLastStepIsFollowedByAMergeAndMomentsAreResetOnRequest() {
        var replicas = List.of(new Walk(w0, 1), new Walk(w0, 2));
        var merges = new PeriodicStock(config(0, OptimizerState.RESET), Map.of("w", w0), replicas).train(10, 4);
        assertThat(merges).hasSize(3);
        assertThat(replicas.get(0).resets).isEqualTo(3);
        assertTensor(replicas.get(0).w).isEqualTo(replicas.get(1).w);
    }

    /** A statistic is what the model says that it is, whatever its name. */
    @Test
    void whatTheDataMovesIsAveragedAndHasNoRatio() {
        Tensor seen = Tensors.floats(new float[] {0, 0});
        Map<String, Tensor> anchor = Map.of("w", w0, "norm.seen", seen, "norm.running_mean", w0.clone());
        var replicas = List.of(new Still(1), new Still(3));
        StockRatios merge =
                new PeriodicStock(config(1, OptimizerState.KEEP), anchor, replicas, Set.of("norm.seen")).merge();
        assertThat(merge.byName()).containsOnlyKeys("w", "norm.running_mean");
        assertTensor(Objects.requireNonNull(replicas.get(0).tensors.get("norm.seen")))
                .isEqualTo(Tensors.floats(new float[] {2, 2}));
    }

    /** Stands where it was put. */
    private static final class Still implements PeriodicStock.Replica {
        private final Map<String, Tensor> tensors;

        Still(double value) {
            this.tensors = Map.of(
                    "w", Tensors.zeros(4).fill_(scalar(value)),
                    "norm.seen", Tensors.zeros(2).fill_(scalar(value)),
                    "norm.running_mean", Tensors.zeros(4).fill_(scalar(value)));
        }

        @Override
        public Map<String, Tensor> weights() {
            return tensors;
        }

        @Override
        public void step(long step) {}

        @Override
        public void resetOptimizer() {}
    }

    @Test
    void aReplicaMayNotTrainTheAnchorItself() {
        Walk walk = new Walk(w0, 1);
        assertThatThrownBy(() -> new PeriodicStock(
                        config(1, OptimizerState.KEEP), walk.weights(), List.of(walk, new Walk(w0, 2))))
                .hasMessageContaining("w: a replica trains the anchor's own tensor");
    }
}
