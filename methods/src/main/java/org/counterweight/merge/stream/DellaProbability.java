package org.counterweight.merge.stream;

import static org.bytedeco.pytorch.global.torch.argsort;
import static org.counterweight.engine.Tensors.plus;
import static org.counterweight.engine.Tensors.times;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * p = (ρ − ε) + 2 ε rank / (m − 1), rank from 0 for the smallest of the m magnitudes in a row; ρ where m is 1. Among equal
 * magnitudes the lower index has the lower rank.
 *
 * <p>P. Deep, R. Bhardwaj, S. Poria, "DELLA-Merging: Reducing Interference in Model Merging through Magnitude-Based
 * Sampling", 2024; constants as in mergekit.
 *
 * @param density ρ
 * @param epsilon ε
 * @param ranked m: what is ranked together lies along the second dimension
 * @param inner how many elements the dimensions behind the second have
 */
record DellaProbability(double density, double epsilon, long ranked, long inner) implements RandomThinning.Probability {
    @Override
    public Tensor of(Tensor delta) {
        Tensor magnitudes = delta.to(ScalarType.Float).abs().view(-1, ranked, inner);
        Tensor rank =
                argsort(argsort(magnitudes, true, 1, false), true, 1, false).to(ScalarType.Float);
        double step = ranked > 1 ? 2 * epsilon / (ranked - 1) : 0;
        return plus(times(rank, step), ranked > 1 ? density - epsilon : density).view(-1);
    }
}
