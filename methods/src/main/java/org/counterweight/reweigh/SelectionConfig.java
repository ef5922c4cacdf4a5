package org.counterweight.reweigh;

import java.util.List;
import org.counterweight.config.Checks;
import org.counterweight.config.Setting;
import org.counterweight.train.weigh.RowColumn;
import org.counterweight.train.weigh.Weigher;
import org.counterweight.train.weigh.WeigherConfig;

/** Settings of {@link LossSelection}. */
public record SelectionConfig(
        @Setting(
                value = "Which rows are kept: the highest losses, the lowest, or the highest above a reference model's",
                defaultsTo = "\"topk\"",
                oneOf = {"topk", "bottomk", "excess_topk"})
        Kept kept,

        @Setting(value = "Share of the rows that is kept; at least one row is", range = "(0, 1]", example = "0.5")
        double ratio)
        implements WeigherConfig {

    /** Which rows are kept. */
    public enum Kept {
        TOPK,
        BOTTOMK,
        /** By loss minus {@link LossSelection#REFERENCE_LOSS}. */
        EXCESS_TOPK
    }

    public SelectionConfig {
        Checks.ranges(SelectionConfig.class, "loss_selection", ratio);
    }

    @Override
    public Weigher create() {
        return new LossSelection(kept, ratio);
    }

    @Override
    public List<RowColumn> columns() {
        return kept == Kept.EXCESS_TOPK ? List.of(LossSelection.REFERENCE) : List.of();
    }
}
