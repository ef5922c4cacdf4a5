package org.counterweight.train.weigh;

import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.train.state.Remembering;
import org.counterweight.train.state.TrainingException;
import org.jspecify.annotations.Nullable;

/**
 * Rows get a number each: by their loss, their class, their group, how likely they are elsewhere.
 *
 * <p>What a weight depends on is in {@link Rows}. A weigher that must remember something from step to step, as a running
 * weight of groups, implements {@link Remembering} too, so that a resumed run goes on with it.
 */
@FunctionalInterface
public interface Weigher {
    /**
     * One weight a row. Training does not ask for those of rows of which none has anything to predict.
     *
     * @return {@code [M]}, not negative, on the {@link #scale} of this weigher, 0 for rows with nothing to predict, without
     *     gradient, of the type of {@link Rows#losses}
     * @throws TrainingException if no row has anything to predict
     */
    Tensor weights(Rows rows);

    /** What the weights add up to. */
    default Scale scale() {
        return Scale.SUM_ONE;
    }

    /** What is worth recording of the weigher at this step, by name, such as a temperature that changes. */
    default Map<String, Double> figures(long step) {
        return Map.of();
    }

    /** What the user should know before a run with batches of {@code rows} rows, in one line; null if nothing. */
    default @Nullable String remark(long rows) {
        return null;
    }
}
