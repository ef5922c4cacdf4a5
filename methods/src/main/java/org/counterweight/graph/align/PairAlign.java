package org.counterweight.graph.align;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Tensors;
import org.counterweight.graph.structure.LabelledGraph;
import org.counterweight.graph.structure.StructureRatio;

/**
 * Factors for pairs of classes from predictions as they are, with their doubt: S. Liu et al., "Pairwise Alignment Improves Graph
 * Domain Adaptation", ICML 2024. What a model confuses in the source says what pairs stand behind those it sees in the target.
 *
 * <p>Pairs of classes (i, j), i that of the receiver, are flattened by rows to C i + j.
 *
 * @param strength how strongly weights are held to 1; 0 or more
 * @param smoothing added to the share of each pair; 0 or more
 */
public record PairAlign(double strength, double smoothing) {
    private static final long AT_ONCE = 1L << 22; // numbers

    /**
     * What least squares are made of.
     *
     * @param confusion C_hat, {@code float64 [k, k]}: how often a true one (column) is seen as each (row), as a share of all
     * @param target how often each is seen in the target, {@code float64 [k]}
     * @param source the true shares in the source, {@code float64 [k]}
     */
    public record Evidence(Tensor confusion, Tensor target, Tensor source) {}

    /** @throws IllegalArgumentException if a number is out of its range */
    public PairAlign {
        if (!(strength >= 0) || !(smoothing >= 0)) {
            throw new IllegalArgumentException(
                    "ls_lambda: " + strength + ", gamma_reg: " + smoothing + "; give 0 or more");
        }
    }

    /**
     * That of pairs of classes along edges.
     *
     * @param source with its true labels
     * @param seen probabilities of the source's nodes, {@code [nodes, C]}
     * @param edges the target's
     * @param target probabilities of the target's nodes, {@code [nodes, C]}
     */
    public static Evidence ofPairs(LabelledGraph source, Tensor seen, Tensor edges, Tensor target) {
        long pairs = (long) source.classes() * source.classes();
        Tensor codes = source.pairs();
        Tensor wide = seen.to(ScalarType.Double);
        Tensor confusion = torch.zeros(new long[] {pairs, pairs}, wide.options());
        Tensor all = torch.zeros(new long[] {pairs}, wide.options());
        long step = Math.max(1, AT_ONCE / pairs);
        for (long from = 0; from < codes.size(0); from += step) {
            long to = Math.min(codes.size(0), from + step);
            Tensor products = products(Tensors.slice(source.edges(), 1, from, to), wide);
            confusion.index_add_(1, Tensors.slice(codes, 0, from, to), products.t());
        }
        for (long from = 0; from < edges.size(1); from += step) {
            Tensor part = Tensors.slice(edges, 1, from, Math.min(edges.size(1), from + step));
            all.add_(Tensors.sum(products(part, target.to(ScalarType.Double)), false, 0));
        }
        Tensor shares = Tensors.times(source.counts().edges().flatten(), 1.0 / codes.size(0));
        return new Evidence(
                Tensors.times(confusion, 1.0 / codes.size(0)), Tensors.times(all, 1.0 / edges.size(1)), shares);
    }

    /** p_a(v) p_b(u) of each edge, {@code [edges, C C]}. */
    private static Tensor products(Tensor edges, Tensor seen) {
        Tensor sender = seen.index_select(0, edges.select(0, 0)).unsqueeze(1);
        Tensor receiver = seen.index_select(0, edges.select(0, 1)).unsqueeze(2);
        return receiver.mul(sender).flatten(1, 2);
    }

    /**
     * That of the classes of nodes, for weights of the classes in the loss; k is C.
     *
     * @param source with its true labels
     * @param seen probabilities of the source's nodes, {@code [nodes, C]}
     * @param target probabilities of the target's nodes, {@code [nodes, C]}
     */
    public static Evidence ofClasses(LabelledGraph source, Tensor seen, Tensor target) {
        Tensor wide = seen.to(ScalarType.Double);
        Tensor confusion = torch.zeros(new long[] {source.classes(), source.classes()}, wide.options());
        confusion.index_add_(1, source.labels(), wide.t());
        double share = 1.0 / source.labels().size(0);
        return new Evidence(
                Tensors.times(confusion, share),
                Tensors.mean(target.to(ScalarType.Double), false, 0),
                Tensors.times(source.sizes(), share));
    }

    /**
     * w: how much more frequent each is in the target, by least squares with w ≥ 0 and shares that sum to 1, {@code float64 [k]}.
     */
    public Tensor weights(Evidence evidence) {
        return SimplexLeastSquares.solve(evidence.confusion(), evidence.target(), evidence.source(), strength);
    }

    /**
     * γ, in place of {@link StructureRatio#values}, {@code float64 [C, C]}: how much more likely a receiver of class i hears
     * from class j.
     *
     * @param weights of the pairs, {@code float64 [C C]}
     * @param source the true shares of the pairs in the source, {@code float64 [C C]}
     */
    public Tensor gamma(Tensor weights, Tensor source) {
        return StructureRatio.finite(conditional(source.mul(weights)).div(conditional(source)));
    }

    private Tensor conditional(Tensor shares) {
        long classes = Math.round(Math.sqrt(shares.size(0)));
        Tensor smooth = Tensors.plus(shares, smoothing).view(classes, classes);
        return smooth.div(Tensors.sum(smooth, true, 1));
    }
}
