package org.counterweight.toy;

import static org.counterweight.engine.Tensors.plus;

import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.Checks;
import org.counterweight.config.Setting;
import org.counterweight.reweigh.Usable;
import org.counterweight.train.weigh.Weigher;
import org.counterweight.train.weigh.WeigherConfig;

/** Rows that are hard count less: w_i ~ 1 / (c + l_i). */
public record InverseLossConfig(
        @Setting(value = "The larger, the more alike the weights", defaultsTo = "1.0", range = "above 0")
        double c) implements WeigherConfig {

    public InverseLossConfig {
        Checks.ranges(InverseLossConfig.class, "inverse_loss", c);
    }

    @Override
    public Weigher create() {
        return rows -> {
            Tensor usable = Usable.rows(rows, false, "inverse_loss"); // those with something to predict
            return Usable.spread(usable, rows.losses(), losses -> {
                Tensor raw = plus(losses, c).reciprocal();
                return raw.div(raw.sum());
            });
        };
    }
}
