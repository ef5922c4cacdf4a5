package org.counterweight.merge.soup;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.merge.Accumulation;
import org.counterweight.merge.Agreement;
import org.counterweight.weights.Combiner;
import org.counterweight.weights.WeightsException;

/**
 * Between a pre-trained and a fine-tuned model: w = (1 − α) w_0 + α w_1. The first tensor is w_0, the second w_1.
 *
 * <p>M. Wortsman et al., "Robust fine-tuning of zero-shot models", CVPR 2022.
 */
public record WiseFt(WiseFtConfig config) implements Combiner {
    @Override
    public Tensor combine(String name, List<Tensor> tensors) {
        two(name, tensors);
        try (var scope = Scope.open()) {
            Tensor w0 = Accumulation.wide(tensors.get(0));
            Tensor w1 = Accumulation.wide(tensors.get(1));
            // lerp is exact at both ends
            return scope.keep(Accumulation.rounded(w0.lerp(w1, Tensors.scalar(config.alpha())), tensors.get(0)));
        }
    }

    /**
     * The form in which each element counts by its Fisher information: (c_0 w_0 + c_1 w_1) / (c_0 + c_1), with c_0 = (1 − α)
     * max(F_0, floor) and c_1 = α max(F_1, floor).
     *
     * @param f0 the pre-trained model's, by name, of the weights' shapes
     * @param f1 the fine-tuned model's
     * @param floor positive: what the smallest information counts
     */
    public Combiner fisher(Map<String, Tensor> f0, Map<String, Tensor> f1, double floor) {
        return (name, tensors) -> {
            two(name, tensors);
            try (var scope = Scope.open()) {
                Tensor c0 = share(f0, name, floor, 1 - config.alpha(), tensors.get(0));
                Tensor c1 = share(f1, name, floor, config.alpha(), tensors.get(0));
                Tensor sum = c0.mul(Accumulation.wide(tensors.get(0))).add(c1.mul(Accumulation.wide(tensors.get(1))));
                return scope.keep(Accumulation.rounded(sum.div(c0.add(c1)), tensors.get(0)));
            }
        };
    }

    private static Tensor share(Map<String, Tensor> fisher, String name, double floor, double factor, Tensor like) {
        Tensor f = Objects.requireNonNull(fisher.get(name), () -> "no Fisher information of " + name);
        Agreement.sameShapes(name, List.of(like, f));
        return Tensors.times(Accumulation.wide(f).clamp_min(Tensors.scalar(floor)), factor);
    }

    private static void two(String name, List<Tensor> tensors) {
        if (tensors.size() != 2) {
            throw new WeightsException(name
                    + ": wise_ft interpolates two models, the pre-trained and the fine-tuned, found " + tensors.size());
        }
        Agreement.sameShapes(name, tensors);
    }
}
