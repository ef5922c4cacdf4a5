package org.counterweight.train.average;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.config.Checks;
import org.counterweight.config.Setting;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.train.state.Remembering;

/**
 * Exponential moving average: w̄ ← w after the first step, then w̄ ← d w̄ + (1 − d) w. As PyTorch's {@code AveragedModel}
 * with {@code get_ema_multi_avg_fn(d)}, its running statistics of batch normalisation averaged too.
 */
public record Ema(
        @Setting(
                value = "Share of the average that each step keeps; it spans some 1 / (1 - decay) steps",
                defaultsTo = "0.999",
                range = "(0, 1); 0.99 to 0.9999 is usual")
        double decay)
        implements AverageConfig {
    public Ema {
        Checks.ranges(Ema.class, "train.average", decay);
    }

    @Override
    public RunningAverage create(Map<String, Tensor> like) {
        return new Average(decay, like);
    }

    private static final class Average implements RunningAverage {
        private final double decay;
        private final Map<String, Tensor> means = new LinkedHashMap<>();
        private long taken;

        Average(double decay, Map<String, Tensor> like) {
            this.decay = decay;
            try (var scope = Scope.open()) {
                like.forEach((name, tensor) -> means.put(name, Scope.own(torch.zeros_like(tensor.detach()))));
            }
        }

        @Override
        public void add(Map<String, Tensor> present) {
            try (var scope = Scope.open();
                    var off = Tensors.noGrad()) {
                boolean first = taken == 0;
                means.forEach((name, mean) -> {
                    Tensor weight = Objects.requireNonNull(present.get(name), name);
                    if (first || !mean.is_floating_point()) {
                        mean.copy_(weight);
                    } else {
                        mean.lerp_(weight, Tensors.scalar(1 - decay));
                    }
                });
            }
            taken++;
        }

        @Override
        public Map<String, Tensor> weights(Map<String, Tensor> present) {
            return taken == 0 ? present : means;
        }

        @Override
        public Map<String, Tensor> state() {
            var state = new LinkedHashMap<String, Tensor>();
            state.put("taken", Tensors.longs(new long[] {taken}));
            means.forEach((name, mean) -> state.put("mean/" + name, mean));
            return state;
        }

        @Override
        public void restore(Map<String, Tensor> state) {
            try (var scope = Scope.open();
                    var off = Tensors.noGrad()) {
                taken = Tensors.toLongs(Remembering.required(state, "taken"))[0];
                means.forEach((name, mean) -> mean.copy_(Remembering.required(state, "mean/" + name)));
            }
        }

        @Override
        public void close() {
            means.values().forEach(Tensor::close);
        }
    }
}
