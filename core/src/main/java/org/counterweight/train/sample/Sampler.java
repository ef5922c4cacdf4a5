package org.counterweight.train.sample;

import java.util.List;
import org.counterweight.data.BatchSource;
import org.counterweight.data.Dataset;

/**
 * Which rows an epoch's batches are made of. A pure function of the epoch and of what the sampler remembers, so that a
 * resumed run plans the same epoch again. One that goes by what the model does looks at it before an epoch, as
 * {@link org.counterweight.train.event.TrainingEvents}, and is {@link org.counterweight.train.state.Remembering}: then it is
 * one of the task's events too.
 */
public interface Sampler {
    /** How many batches an epoch has; at least 1. */
    int batches();

    /** The row numbers of each batch of an epoch. */
    List<int[]> epoch(int epoch);

    /** The batches of {@code data} that this sampler plans. */
    default BatchSource over(Dataset data) {
        return BatchSource.of(batches(), epoch -> {
            List<int[]> plan = epoch(epoch);
            return place -> data.batch(plan.get(place));
        });
    }
}
