package org.counterweight.merge.dynamic;

import static org.bytedeco.pytorch.global.torch.lgamma;
import static org.bytedeco.pytorch.global.torch.matmul;
import static org.counterweight.engine.Tensors.plus;
import static org.counterweight.engine.Tensors.scalar;
import static org.counterweight.engine.Tensors.sum;

import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.cluster.KMeans;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * K Dirichlet distributions over the coefficient vectors of N samples and M task vectors. The official code fixes the
 * precision to 1, takes the number of tasks for K and evaluates with the first cluster only; this is the mixture it
 * describes, with moment matching and the geometric mean of the components' precisions.
 *
 * @param weights π, {@code [K]}
 * @param mean m_k, {@code [K, M]}, rows of sum 1
 * @param precision s_k, {@code [K]}
 * @param bound mean log-likelihood of a sample at the last E-step
 */
public record DirichletMixture(Tensor weights, Tensor mean, Tensor precision, double bound) {
    private static final Logger LOG = LoggerFactory.getLogger(DirichletMixture.class);
    private static final double TINY = 1e-14;
    private static final double LEAST_VARIANCE = 1e-12;
    private static final double LEAST_PRECISION = 1e-6;
    private static final double EDGE = 1e-12;

    /**
     * @param p {@code [N, M]}, rows of sum 1
     * @param start first clusters, {@code int64 [N]}, below {@code k}
     */
    public static DirichletMixture fit(Tensor p, Tensor start, int k, int maxIter, double tol) {
        try (var scope = Scope.open()) {
            Tensor vectors = p.to(ScalarType.Double);
            Tensor r = plus(torch.one_hot(start, k).to(ScalarType.Double), TINY);
            DirichletMixture mixture = maximized(vectors, r, Double.NEGATIVE_INFINITY);
            double previous = Double.NEGATIVE_INFINITY;
            for (int round = 0; round < maxIter; round++) {
                mixture = mixture.next(vectors);
                if (Math.abs(mixture.bound - previous) < tol) {
                    break;
                }
                previous = mixture.bound;
            }
            return mixture.kept(scope);
        }
    }

    /** One round: E-step, M-step. What it makes of the samples' size is freed, so many rounds need the memory of one. */
    private DirichletMixture next(Tensor p) {
        try (var scope = Scope.open()) {
            Tensor joint = joint(p);
            Tensor evidence = joint.logsumexp(1);
            Tensor r = joint.sub(evidence.unsqueeze(1)).exp();
            return maximized(p, r, evidence.mean().item_double()).kept(scope);
        }
    }

    private DirichletMixture kept(Scope scope) {
        return new DirichletMixture(scope.keep(weights), scope.keep(mean), scope.keep(precision), bound);
    }

    /** The same from a k-means start; fewer clusters where there are fewer different vectors. */
    public static DirichletMixture fit(Tensor p, int clusters, Seed seed) {
        try (var scope = Scope.open()) {
            Tensor vectors = p.to(ScalarType.Double);
            long distinct = new Tensor(torch.unique_dim(vectors, 0).get0()).size(0);
            if (distinct < clusters) {
                LOG.warn(
                        "dawin: {} clusters were asked for, but the coefficients have {} values; there are as many clusters",
                        clusters,
                        distinct);
            }
            int k = (int) Math.min(clusters, distinct);
            return fit(vectors, KMeans.labelsOfSorted(vectors, k, 100, seed), k, 500, 1e-5)
                    .kept(scope);
        }
    }

    /** The most likely cluster of each sample, the lower number of equals; {@code int64 [N]}. */
    public Tensor labels(Tensor p) {
        try (var scope = Scope.open()) {
            return scope.keep(responsibilities(p).argmax(new LongOptional(1), false));
        }
    }

    private static DirichletMixture maximized(Tensor p, Tensor r, double bound) {
        Tensor n = plus(sum(r, false, 0), TINY); // [K]
        Tensor m = matmul(r.t(), p).div(n.unsqueeze(1)); // [K, M]
        Tensor v = matmul(r.t(), p.square()).div(n.unsqueeze(1)).sub(m.square());
        Tensor ratio = plus(m.mul(plus(m.neg(), 1)).div(v.clamp_min(scalar(LEAST_VARIANCE))), -1);
        Tensor s = Tensors.mean(ratio.clamp_min(scalar(LEAST_PRECISION)).log(), false, 1)
                .exp();
        return new DirichletMixture(n.div(n.sum()), m, s, bound);
    }

    /**
     * log π_k + log Dir(p_i; s_k m_k), {@code [N, K]}. A cluster that has lost all samples dwindles until its mean is 0, which
     * is no distribution's: it has no likelihood.
     */
    private Tensor joint(Tensor p) {
        Tensor a = mean.mul(precision.unsqueeze(1)); // [K, M]
        Tensor norm = sum(lgamma(a), false, 1).sub(lgamma(sum(a, false, 1))); // [K]
        Tensor joint = matmul(p.clamp_min(scalar(EDGE)).log(), plus(a, -1).t())
                .sub(norm)
                .add(weights.log());
        return torch.where(a.gt(scalar(0)).all(1), joint, scalar(Double.NEGATIVE_INFINITY));
    }

    /** How likely each sample belongs to each cluster, {@code [N, K]}. */
    public Tensor responsibilities(Tensor p) {
        try (var scope = Scope.open()) {
            Tensor joint = joint(p.to(ScalarType.Double));
            return scope.keep(joint.sub(joint.logsumexp(1).unsqueeze(1)).exp());
        }
    }

    /** The coefficients of the task vectors for each cluster, scale · M · m_k: {@code [K, M]}. */
    public Tensor lambda(double scale) {
        return mean.mul(scalar(scale * mean.size(1)));
    }
}
