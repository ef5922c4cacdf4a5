package org.counterweight.merge.extract;

import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Scope;
import org.counterweight.merge.block.BlockSource;
import org.counterweight.merge.tensor.LoadedTensor;
import org.counterweight.merge.tensor.ModelTensor;

/** What a weight has that its base has not, read anew each time that it is asked: neither is ever whole in memory. */
record Difference(ModelTensor before, ModelTensor after) implements Rows {
    private static final int BLOCK = 1 << 14; // elements

    boolean areOfOneShape() {
        return Arrays.equals(before.info().shape(), after.info().shape());
    }

    /** Whether anything changed, the shape included. */
    boolean isAny() {
        if (!areOfOneShape()) {
            return true;
        }
        BlockSource first = before.open(before.info().dtype());
        BlockSource second = after.open(after.info().dtype());
        double[] x = new double[BLOCK];
        double[] y = new double[BLOCK];
        long elements = after.info().elements();
        for (long at = 0; at < elements; at += BLOCK) {
            int count = (int) Math.min(BLOCK, elements - at);
            first.read(at, count, x, 0);
            second.read(at, count, y, 0);
            if (!Arrays.equals(x, 0, count, y, 0, count)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public long count() {
        return after.info().shape()[0];
    }

    @Override
    public long width() {
        return after.info().shape()[1];
    }

    @Override
    public Tensor rows(long from, long to) {
        try (var scope = Scope.open()) {
            return scope.keep(LoadedTensor.rows(after, from, to).sub_(LoadedTensor.rows(before, from, to)));
        }
    }
}
