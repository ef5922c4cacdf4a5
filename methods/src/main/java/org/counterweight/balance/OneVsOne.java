package org.counterweight.balance;

import static org.counterweight.engine.Tensors.as;
import static org.counterweight.engine.Tensors.scalar;
import static org.counterweight.engine.Tensors.slice;
import static org.counterweight.engine.Tensors.sum;

import java.util.ArrayList;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.jspecify.annotations.Nullable;

/**
 * Decision boundaries between each two classes moved towards the more frequent one: class c beats class j if z_c K_cj > z_j
 * K_jc, and the class that beats most others is the answer. With a_c = n_c^τ, ρ = arccos(−1 / (C − 1)) and θ_cj = ρ a_j /
 * (a_c + a_j): K = sin θ − sin θ^T / (C − 1).
 *
 * <p>N. Hasegawa and I. Sato, "Multiplicative Logit Adjustment Approximates Neural-Collapse-Aware Decision Boundary
 * Adjustment", ICLR 2025. No linear head decides like that, so it is no form to export.
 *
 * @param k K, {@code float64 [C, C]}
 * @param largestAngle the largest θ_cj for c ≠ j, in radians; beyond π/2 the boundary has passed the rarer class
 */
public record OneVsOne(Tensor k, double largestAngle) {
    private static final long IN_CACHE = 1 << 22; // comparisons at a time

    /**
     * @param tau at least 0
     * @param featureNorms the mean norm of each class's features, by which a_c is multiplied, {@code float64 [C]}; null for
     *     none
     */
    public static OneVsOne of(ClassCounts counts, double tau, @Nullable Tensor featureNorms) {
        if (!(tau >= 0 && Double.isFinite(tau))) {
            throw new ConfigException("balance.one_vs_one", tau, "a number of at least 0 (0.7 to 1 is usual)");
        }
        int classes = counts.classes();
        Tensor a = Tensors.doubles(IntStream.range(0, classes)
                .mapToDouble(c -> Math.pow(counts.of(c), tau))
                .toArray());
        if (featureNorms != null) {
            a = a.mul(as(featureNorms, a));
        }
        Tensor others = a.unsqueeze(0);
        Tensor theta = others.div(a.unsqueeze(1).add(others)).mul_(scalar(Math.acos(-1.0 / (classes - 1))));
        Tensor sine = theta.sin();
        double largest = theta.sub(torch.diag(theta.diagonal())).max().item_double();
        return new OneVsOne(sine.sub(sine.t().div(scalar(classes - 1.0))), largest);
    }

    /**
     * The share of classes that each class beats.
     *
     * @param logits {@code [B, C]}
     * @return {@code [B, C]}, of the same type
     */
    public Tensor scores(Tensor logits) {
        long classes = logits.size(1);
        long rows = Math.max(1, IN_CACHE / (classes * classes));
        Tensor mine = as(k, logits);
        Tensor theirs = mine.t().contiguous();
        var parts = new ArrayList<Tensor>();
        try (var scope = Scope.open()) {
            for (long from = 0; from < logits.size(0); from += rows) {
                try (var inner = Scope.open()) {
                    Tensor z = slice(logits, 0, from, Math.min(logits.size(0), from + rows));
                    Tensor beats = z.unsqueeze(2).mul(mine).gt(z.unsqueeze(1).mul(theirs)); // [b, C, C]
                    parts.add(inner.keep(as(sum(beats, false, 2), logits).div_(scalar(classes))));
                }
            }
            return scope.keep(torch.cat(new TensorVector(parts.toArray(Tensor[]::new)), 0));
        }
    }
}
