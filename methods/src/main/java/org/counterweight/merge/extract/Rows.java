package org.counterweight.merge.extract;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Tensors;

/** A matrix that is asked for some of its rows at a time. */
interface Rows {
    long count();

    long width();

    /** Rows {@code from} to {@code to} in float64, {@code [to - from, width]}; belongs to the open scope. */
    Tensor rows(long from, long to);

    /** Those of a matrix in memory. */
    static Rows of(Tensor matrix) {
        return new Rows() {
            @Override
            public long count() {
                return matrix.size(0);
            }

            @Override
            public long width() {
                return matrix.size(1);
            }

            @Override
            public Tensor rows(long from, long to) {
                return Tensors.slice(matrix, 0, from, to).to(ScalarType.Double);
            }
        };
    }
}
