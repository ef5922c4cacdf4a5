package org.counterweight.balance.loss;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.balance.ClassCounts;
import org.counterweight.model.part.LinearHead;

/** What the first stage minimises: in a recipe {@code balance.loss}, by the names that {@link FirstLosses} lists. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
public interface FirstLoss {
    /**
     * One loss a row, made once for a run.
     *
     * @param counts of the rows to learn from
     */
    Rows of(ClassCounts counts);

    /** The loss of each row. */
    @FunctionalInterface
    interface Rows {
        /**
         * @param logits {@code [B, C]}, adjusted if the run adjusts them while it trains
         * @param labels {@code int64 [B]}
         * @param features what the head was fed, {@code [B, D]}
         * @param epoch counted from 0
         * @return {@code [B]}, of which the mean counts
         */
        Tensor perRow(Tensor logits, Tensor labels, Tensor features, LinearHead head, int epoch);
    }
}
