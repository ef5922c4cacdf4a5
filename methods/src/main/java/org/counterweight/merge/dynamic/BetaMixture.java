package org.counterweight.merge.dynamic;

import static org.bytedeco.pytorch.global.torch.lgamma;
import static org.bytedeco.pytorch.global.torch.minimum;
import static org.counterweight.engine.Tensors.plus;
import static org.counterweight.engine.Tensors.scalar;
import static org.counterweight.engine.Tensors.sum;
import static org.counterweight.engine.Tensors.times;

import java.util.Arrays;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.cluster.KMeans;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * K Beta distributions over the coefficients of N samples, so that K merged models serve all of them. The M-step matches
 * moments, so the bound need not rise in every round.
 *
 * <p>C. Oh et al., "DaWin", ICLR 2025, section 3, on mixtures; the constants are the official code's.
 *
 * @param weights π, {@code [K]}
 * @param alpha {@code [K]}
 * @param beta {@code [K]}
 * @param mean μ, the coefficient of each cluster, {@code [K]}
 * @param bound mean log-likelihood of a sample at the last E-step
 * @param rounds of each trial start
 */
public record BetaMixture(Tensor weights, Tensor alpha, Tensor beta, Tensor mean, double bound, int[] rounds) {
    private static final Logger LOG = LoggerFactory.getLogger(BetaMixture.class);
    private static final double TINY = 10 * Math.ulp(1.0); // ten machine epsilons
    private static final double EDGE = 1e-6;
    private static final double SAME = 1e-9; // bounds this near are one bound, summed in another order

    /**
     * The best of several starts, the first of equals: k-means often finds the same clusters in another order, and
     * which of those bounds is rounded up must not decide how the clusters are numbered.
     *
     * @param lambda coefficients in [0, 1], {@code [N]}
     * @param starts first clusters, {@code int64 [starts, N]}, below {@code k}
     */
    public static BetaMixture fit(Tensor lambda, Tensor starts, int k, int maxIter, double tol) {
        int count = Math.toIntExact(starts.size(0));
        int[] rounds = new int[count];
        BetaMixture best = null;
        for (int i = 0; i < count; i++) {
            BetaMixture one = fit(inside(lambda), starts.select(0, i), k, maxIter, tol, rounds, i);
            if (best == null || one.bound > best.bound + SAME * Math.max(1, Math.abs(best.bound))) {
                best = one;
            }
        }
        if (best == null) {
            throw new IllegalArgumentException("the mixture needs at least one start");
        }
        return best;
    }

    /**
     * The best of several k-means starts; fewer clusters where there are fewer different coefficients.
     *
     * @return the mixture, whose {@link #clusters} says how many there are
     */
    public static BetaMixture fit(Tensor lambda, DawinConfig config, Seed seed) {
        int distinct = distinct(lambda);
        int k = Math.min(config.bmmNcluster(), distinct);
        if (k < config.bmmNcluster()) {
            LOG.warn(
                    "dawin: {} clusters were asked for, but the coefficients have {} values; there are as many clusters",
                    config.bmmNcluster(),
                    distinct);
        }
        try (var scope = Scope.open()) {
            Tensor[] starts = new Tensor[config.numInit()];
            for (int i = 0; i < starts.length; i++) {
                starts[i] = KMeans.labelsOfSorted(inside(lambda).unsqueeze(1), k, 100, seed.child(i));
            }
            BetaMixture mixture =
                    fit(lambda, torch.stack(new TensorVector(starts), 0), k, config.maxIter(), config.tol());
            return mixture.kept(scope);
        }
    }

    private static int distinct(Tensor lambda) {
        try (var scope = Scope.open()) {
            double[] values = Tensors.toDoubles(inside(lambda));
            return (int) Arrays.stream(values).distinct().count();
        }
    }

    private BetaMixture kept(Scope scope) {
        return new BetaMixture(
                scope.keep(weights), scope.keep(alpha), scope.keep(beta), scope.keep(mean), bound, rounds);
    }

    private static Tensor inside(Tensor lambda) {
        return lambda.to(ScalarType.Double)
                .clamp(new ScalarOptional(scalar(EDGE)), new ScalarOptional(scalar(1 - EDGE)));
    }

    private static BetaMixture fit(
            Tensor lambda, Tensor start, int k, int maxIter, double tol, int[] rounds, int which) {
        try (var scope = Scope.open()) {
            BetaMixture mixture = maximized(
                    lambda,
                    plus(torch.one_hot(start, k).to(ScalarType.Double), TINY),
                    Double.NEGATIVE_INFINITY,
                    rounds);
            double previous = Double.NEGATIVE_INFINITY;
            for (int round = 1; round <= maxIter; round++) {
                mixture = mixture.next(lambda);
                rounds[which] = round;
                if (Math.abs(mixture.bound - previous) < tol) {
                    break;
                }
                previous = mixture.bound;
            }
            return mixture.kept(scope);
        }
    }

    /** One round: E-step, M-step. What it makes of the samples' size is freed, so many rounds need the memory of one. */
    private BetaMixture next(Tensor lambda) {
        try (var scope = Scope.open()) {
            Tensor joint = joint(lambda);
            Tensor evidence = joint.logsumexp(1);
            Tensor r = joint.sub(evidence.unsqueeze(1)).exp();
            return maximized(lambda, r, evidence.mean().item_double(), rounds).kept(scope);
        }
    }

    /** M-step, from responsibilities {@code [N, K]}. */
    private static BetaMixture maximized(Tensor lambda, Tensor r, double bound, int[] rounds) {
        Tensor n = plus(sum(r, false, 0), TINY);
        Tensor column = lambda.unsqueeze(1);
        Tensor mu = sum(r.mul(column), false, 0).div(n);
        Tensor spread = mu.mul(plus(mu.neg(), 1)); // μ (1 − μ), the largest variance there can be
        Tensor v =
                plus(minimum(sum(r.mul(column.square()), false, 0).div(n).sub(mu.square()), times(spread, 0.25)), TINY);
        Tensor f = plus(spread.div(plus(v, 1e-10)), -1);
        return new BetaMixture(n.div(n.sum()), f.mul(mu), f.mul(plus(mu.neg(), 1)), mu, bound, rounds);
    }

    /**
     * log π_k + log Beta(λ_i; α_k, β_k), {@code [N, K]}. A cluster that has lost all samples dwindles to parameters that are
     * not positive, which are no distribution's: it has no likelihood.
     */
    private Tensor joint(Tensor lambda) {
        Tensor x = lambda.unsqueeze(1);
        Tensor norm = lgamma(alpha).add(lgamma(beta)).sub(lgamma(alpha.add(beta)));
        Tensor joint = plus(alpha, -1)
                .mul(x.log())
                .add(plus(beta, -1).mul(x.neg().log1p()))
                .sub(norm)
                .add(weights.log());
        Tensor exists = minimum(alpha, beta).gt(scalar(0));
        return torch.where(exists, joint, scalar(Double.NEGATIVE_INFINITY));
    }

    /** How likely each sample belongs to each cluster, {@code [N, K]}, rows of sum 1; of any samples, not only those fitted. */
    public Tensor responsibilities(Tensor lambda) {
        try (var scope = Scope.open()) {
            Tensor joint = joint(inside(lambda));
            return scope.keep(joint.sub(joint.logsumexp(1).unsqueeze(1)).exp());
        }
    }

    /** The most likely cluster of each sample, the lower number of equals; {@code int64 [N]}. */
    public Tensor labels(Tensor lambda) {
        try (var scope = Scope.open()) {
            return scope.keep(responsibilities(lambda).argmax(new LongOptional(1), false));
        }
    }

    /** K. */
    public int clusters() {
        return Math.toIntExact(mean.numel());
    }

    /** The mean coefficient over all clusters, each by its weight. */
    double overall() {
        try (var scope = Scope.open()) {
            return weights.mul(mean).sum().item_double();
        }
    }
}
