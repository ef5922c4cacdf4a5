package org.counterweight.train.weigh;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/** Every row that has something to predict counts the same: 1/M; of none that has, nothing does. */
public record Uniform() implements Weigher {
    @Override
    public Tensor weights(Rows rows) {
        Tensor active = rows.units().ne(new Scalar(0L)).to(rows.losses().scalar_type());
        return active.div(active.sum().clamp_min(new Scalar(1)));
    }
}
