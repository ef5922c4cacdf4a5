package org.counterweight.reweigh.group;

import java.util.List;
import org.counterweight.config.Checks;
import org.counterweight.config.Setting;
import org.counterweight.reweigh.LossSelection;
import org.counterweight.train.weigh.RowColumn;
import org.counterweight.train.weigh.Weigher;
import org.counterweight.train.weigh.WeigherConfig;

/** Settings of {@link DoReMi}. The batch must hold each row's loss under the reference model, {@code ref_loss}. */
public record DoReMiConfig(
        @Setting(value = "Number of domains", range = "at least 1", example = "2")
        int groups,

        @Setting(value = "Step size of the domains' weights", defaultsTo = "1.0", range = "above 0; 0.1 to 1 is usual")
        double stepSize,

        @Setting(value = "Share of uniform weights that is mixed in", defaultsTo = "1e-3", range = "[0, 1]")
        double smoothing,

        @Setting(value = "The batch's tensor that holds each row's domain", defaultsTo = "\"group\"")
        String column)
        implements WeigherConfig {
    public DoReMiConfig {
        Checks.ranges(DoReMiConfig.class, "doremi", groups, stepSize, smoothing);
    }

    @Override
    public Weigher create() {
        return new DoReMi(this);
    }

    @Override
    public List<RowColumn> columns() {
        return List.of(new RowColumn(column, "its domain", groups, "column"), LossSelection.REFERENCE);
    }
}
