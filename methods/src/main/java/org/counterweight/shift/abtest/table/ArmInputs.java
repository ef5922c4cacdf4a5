package org.counterweight.shift.abtest.table;

import java.io.Serializable;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.shift.Chunk;

/**
 * What a weight model sees of rows, and which of them it learns from: a row's own number decides, however the rows come.
 *
 * @param withOutcomes whether it sees the outcomes too
 * @param holdout share of the rows that it does not learn from
 */
record ArmInputs(boolean withOutcomes, double holdout, Seed seed) implements Serializable {
    /** Inputs, {@code [n, d]}. */
    Tensor of(Chunk rows) {
        return of(rows.features(), rows.outcomes());
    }

    Tensor of(Tensor features, Tensor outcomes) {
        return withOutcomes ? torch.cat(new TensorVector(features, outcomes.to(features.scalar_type())), 1) : features;
    }

    /** Whether the row is one to judge by. */
    boolean isHeldOut(long id) {
        return (seed.child(id).value() >>> 11) * 0x1p-53 < holdout;
    }

    /** The places of the rows that are learnt from, {@code int64}. */
    Tensor learnt(Chunk rows) {
        long[] places = IntStream.range(0, rows.size())
                .filter(i -> !isHeldOut(rows.ids()[i]))
                .asLongStream()
                .toArray();
        return places.length == 0
                ? torch.zeros(new long[] {0}, Tensors.options(ScalarType.Long))
                : Tensors.longs(places);
    }
}
