package org.counterweight.merge.soup;

import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.merge.Accumulation;
import org.counterweight.merge.Agreement;
import org.counterweight.merge.LayerName;
import org.counterweight.weights.Combiner;
import org.counterweight.weights.WeightsException;

/**
 * Less of an update in early layers, which are general, than in late ones: w = w_0 + λ(l) (w_1 − w_0) with λ(l) = α + β l /
 * (L − 1). Tensors before, behind and beside the layers take α. The first tensor is w_0, the second w_1.
 *
 * <p>K. Wang et al., "LiNeS: Post-training layer scaling prevents forgetting and enhances model merging", ICLR 2025.
 *
 * @param blocks L; with a single layer λ = α
 */
public record Lines(double alpha, double beta, int blocks) implements Combiner {
    @Override
    public Tensor combine(String name, List<Tensor> tensors) {
        if (tensors.size() != 2) {
            throw new WeightsException(
                    name + ": lines scales the update of one model, expected it and its base, found " + tensors.size());
        }
        Agreement.sameShapes(name, tensors);
        try (var scope = Scope.open()) {
            Tensor w0 = Accumulation.wide(tensors.get(0));
            Tensor w1 = Accumulation.wide(tensors.get(1));
            return scope.keep(Accumulation.rounded(w0.lerp(w1, Tensors.scalar(factor(name))), tensors.get(0)));
        }
    }

    /** λ of the layer that the tensor belongs to. */
    public double factor(String name) {
        int layer = LayerName.number(name).orElse(0);
        return blocks == 1 ? alpha : alpha + beta * layer / (blocks - 1);
    }
}
