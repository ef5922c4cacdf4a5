package org.counterweight.graph.run;

import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Tensors;
import org.counterweight.graph.structure.StructureShift;

/**
 * One estimate of the weights of edges, or one that was passed over.
 *
 * @param epoch counted from 0
 * @param applied 0 if all predictions were of one class, and the weights stayed
 * @param classes how many classes the predictions have
 * @param most the largest ratio
 * @param none pairs of classes whose messages are taken away
 * @param shift how far the links of classes in the target lie from the source's, {@link StructureShift#relative}
 */
record EdgeUpdate(double epoch, double applied, double classes, double most, double none, double shift) {
    static final int FIGURES = 6;

    static EdgeUpdate skipped(int epoch) {
        return new EdgeUpdate(epoch, 0, 1, Double.NaN, Double.NaN, Double.NaN);
    }

    static EdgeUpdate of(int epoch, long classes, PairEstimate.Found found) {
        Tensor known = torch.isfinite(found.source()).logical_and(torch.isfinite(found.target()));
        Tensor zero = torch.zeros_like(found.source());
        StructureShift shift = StructureShift.between(
                torch.where(known, found.target(), zero), torch.where(known, found.source(), zero));
        return new EdgeUpdate(
                epoch,
                1,
                classes,
                found.ratio().max().item_double(),
                found.ratio().eq(Tensors.scalar(0)).count_nonzero().item_long(),
                shift.relative());
    }

    boolean isApplied() {
        return applied > 0;
    }

    /** {@code float64 [updates, FIGURES]}. */
    static Tensor saved(List<EdgeUpdate> updates) {
        return Tensors.doubles(
                updates.stream()
                        .flatMapToDouble(u -> DoubleStream.of(u.epoch, u.applied, u.classes, u.most, u.none, u.shift))
                        .toArray(),
                updates.size(),
                FIGURES);
    }

    static List<EdgeUpdate> restored(Tensor saved) {
        double[] all = Tensors.toDoubles(saved);
        return IntStream.range(0, all.length / FIGURES)
                .map(i -> i * FIGURES)
                .mapToObj(i -> new EdgeUpdate(all[i], all[i + 1], all[i + 2], all[i + 3], all[i + 4], all[i + 5]))
                .toList();
    }
}
