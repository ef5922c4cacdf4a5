package org.counterweight.train.objective;

import org.bytedeco.pytorch.Tensor;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.train.weigh.Weigher;
import org.jspecify.annotations.Nullable;

/** What is minimised: one loss a row, so that a {@link Weigher} can come between the rows and their sum. */
@FunctionalInterface
public interface Objective {
    Losses losses(Model model, Params params, Batch batch, Pass pass);

    /**
     * @param perRow {@code [M]}, with gradient
     * @param units {@code int64 [M]}: how many predictions each is the mean of; 0 for a row with nothing to predict
     * @param logits a classifier's, without gradient, for metrics; null where they are not built
     */
    record Losses(Tensor perRow, Tensor units, @Nullable Tensor logits) {}
}
