package org.counterweight.balance.audit;

import static org.counterweight.engine.Tensors.norm2;
import static org.counterweight.engine.Tensors.scalar;
import static org.counterweight.engine.Tensors.sum;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.model.part.LinearHead;

/**
 * What features and head say about a classifier, in float64: how well the features tell the classes apart, how far they have
 * collapsed, in how narrow a cone they lie.
 *
 * <p>N. Hasegawa and I. Sato, "Exploring Weight Balancing on Long-Tailed Recognition Problem", ICLR 2024, sections 4 and 5.
 *
 * @param means μ_c, {@code float64 [C, D]}
 * @param traceWithin tr S_W
 * @param traceBetween tr S_B
 * @param discriminantRatio Fisher's, tr(S_W^(−1) S_B)
 * @param rank of S_W; the ratio is over its pseudo-inverse where this is less than D
 * @param pseudo whether it is
 * @param hoyer mean sparsity of the vectors, (√D − ||h||_1 / ||h||_2) / (√D − 1): 0 where all parts are equal, 1 where one
 *     alone is not 0; vectors of length 0 left out
 * @param rows how many vectors
 */
public record FeatureFigures(
        Tensor means,
        double traceWithin,
        double traceBetween,
        double discriminantRatio,
        long rank,
        boolean pseudo,
        Collapse collapse,
        Cosines cosines,
        double hoyer,
        long rows) {

    /** How S_W is inverted. */
    public enum Solver {
        /** LU; NaN where it is singular. */
        SOLVE,
        /** Pseudo-inverse. */
        PINV,
        /** LU, and the pseudo-inverse where S_W is singular. */
        AUTO
    }

    /** The share of the largest eigenvalue of S_W up to which another counts as 0. */
    public static final double RCOND = 1e-10;

    /** With the pseudo-inverse where there is no other. The means belong to the open scope. */
    public static FeatureFigures of(Tensor features, Tensor labels, LinearHead head) {
        return of(features, labels, head, Solver.AUTO, RCOND);
    }

    /**
     * @param features what the head is fed, un-augmented and in evaluation, {@code [N, D]}
     * @param labels {@code int64 [N]}, in which every class occurs
     */
    public static FeatureFigures of(Tensor features, Tensor labels, LinearHead head, Solver solver, double rcond) {
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            Tensor h = features.to(ScalarType.Double);
            Tensor bias = head.bias();
            var wide = new LinearHead(
                    head.weight().to(ScalarType.Double), bias == null ? null : bias.to(ScalarType.Double));
            long classes = wide.weight().size(0);
            Scatter scatter = Scatter.of(h, labels, classes);
            double ratio = solver == Solver.PINV ? Double.NaN : scatter.discriminantRatio();
            boolean pseudo = solver == Solver.PINV || (solver == Solver.AUTO && Double.isNaN(ratio));
            return new FeatureFigures(
                    scope.keep(scatter.means()),
                    scatter.within().trace().item_double(),
                    scatter.between().trace().item_double(),
                    pseudo ? scatter.discriminantRatio(rcond) : ratio,
                    scatter.rank(rcond),
                    pseudo,
                    Collapse.of(scatter, h, wide),
                    Cosines.of(h, labels, classes),
                    hoyer(h),
                    h.size(0));
        }
    }

    private static double hoyer(Tensor features) {
        double root = Math.sqrt(features.size(1));
        Tensor lengths = norm2(features, false, 1);
        Tensor places = lengths.ne(scalar(0)).nonzero().squeeze(1);
        Tensor ratio = sum(features.abs(), false, 1).div(lengths).index_select(0, places);
        return (root - ratio.mean().item_double()) / (root - 1);
    }
}
