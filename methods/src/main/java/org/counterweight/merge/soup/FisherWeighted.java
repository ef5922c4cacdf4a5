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
 * WiSE-FT in which each element counts by its Fisher information: (c_0 w_0 + c_1 w_1) / (c_0 + c_1), with c_0 = (1 − α)
 * max(F_0, floor) and c_1 = α max(F_1, floor). The first tensor is w_0, of the pre-trained model, the second w_1.
 *
 * @param alpha share of the fine-tuned model, in [0, 1]
 * @param f0 the pre-trained model's information, by name, of the weights' shapes
 * @param f1 the fine-tuned model's
 * @param floor positive: what the smallest information counts
 */
public record FisherWeighted(double alpha, Map<String, Tensor> f0, Map<String, Tensor> f1, double floor)
        implements Combiner {
    @Override
    public Tensor combine(String name, List<Tensor> tensors) {
        if (tensors.size() != 2) {
            throw new WeightsException(name
                    + ": two models are interpolated, the pre-trained and the fine-tuned, found " + tensors.size());
        }
        Agreement.sameShapes(name, tensors);
        try (var scope = Scope.open()) {
            Tensor c0 = share(f0, name, 1 - alpha, tensors.get(0));
            Tensor c1 = share(f1, name, alpha, tensors.get(0));
            Tensor sum = c0.mul(Accumulation.wide(tensors.get(0))).add(c1.mul(Accumulation.wide(tensors.get(1))));
            return scope.keep(Accumulation.rounded(sum.div(c0.add(c1)), tensors.get(0)));
        }
    }

    private Tensor share(Map<String, Tensor> fisher, String name, double factor, Tensor like) {
        Tensor f = Objects.requireNonNull(fisher.get(name), () -> "no Fisher information of " + name);
        Agreement.sameShapes(name, List.of(like, f));
        return Tensors.times(Accumulation.wide(f).clamp_min(Tensors.scalar(floor)), factor);
    }
}
