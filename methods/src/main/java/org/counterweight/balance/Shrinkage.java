package org.counterweight.balance;

import static org.counterweight.engine.Tensors.sum;
import static org.counterweight.engine.Tensors.times;

import java.util.Collection;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Tensors;

/** What weight decay and feature regularisation add to a loss. */
public final class Shrinkage {
    private Shrinkage() {}

    /**
     * (λ / 2) Σ ||θ||² over these tensors: the term whose gradient a coupled weight decay adds.
     *
     * @param weights of any shapes; 0 of none
     * @param lambda λ, at least 0
     * @return one number, without dimensions
     */
    public static Tensor ofWeights(Collection<Tensor> weights, double lambda) {
        return weights.stream()
                .map(weight -> weight.square().sum())
                .reduce(Tensor::add)
                .map(squares -> times(squares, lambda / 2))
                .orElseGet(() -> Tensors.zeros());
    }

    /**
     * (ζ / 2) mean_i ||h_i||², N. Hasegawa and I. Sato, ICLR 2024.
     *
     * @param features exactly what the head is fed, {@code [B, D]}
     * @param zeta ζ, at least 0
     * @return one number, without dimensions
     */
    public static Tensor ofFeatures(Tensor features, double zeta) {
        return times(sum(features.square(), false, 1).mean(), zeta / 2);
    }
}
