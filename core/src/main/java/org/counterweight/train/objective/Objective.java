package org.counterweight.train.objective;

import org.bytedeco.pytorch.Tensor;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.train.event.Moment;
import org.counterweight.train.weigh.Weigher;
import org.jspecify.annotations.Nullable;

/** What is minimised: one loss a row, so that a {@link Weigher} can come between the rows and their sum. */
@FunctionalInterface
public interface Objective {
    Losses losses(Model model, Params params, Batch batch, Pass pass);

    /**
     * The same inside a run, for an objective that changes as the run goes on. Evaluations, which belong to no step, ask the
     * other.
     */
    default Losses losses(Model model, Params params, Batch batch, Pass pass, Moment at) {
        return losses(model, params, batch, pass);
    }

    /**
     * @param perRow {@code [M]}, with gradient
     * @param units {@code int64 [M]}: how many predictions each is the mean of; 0 for a row with nothing to predict
     * @param logits a classifier's, without gradient, for metrics; null where they are not built
     * @param term what belongs to no row, as a term over pairs of them: a scalar with gradient, its factor included, added
     *     to the batch's weighted losses; of accumulated batches the mean counts, by their rows as for the losses where each
     *     is weighed by itself. Null for none. Evaluations leave it out
     */
    record Losses(
            Tensor perRow,
            Tensor units,
            @Nullable Tensor logits,
            @Nullable Tensor term) {
        public Losses(Tensor perRow, Tensor units, @Nullable Tensor logits) {
            this(perRow, units, logits, null);
        }

        /** The same with a term beside the rows. */
        public Losses with(Tensor other) {
            return new Losses(perRow, units, logits, other);
        }
    }
}
