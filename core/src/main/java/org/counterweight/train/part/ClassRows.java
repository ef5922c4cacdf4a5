package org.counterweight.train.part;

import java.util.function.Function;
import org.counterweight.data.BatchSource;
import org.counterweight.data.LabelledDataset;
import org.counterweight.train.measure.Evaluator;
import org.counterweight.train.sample.Sampler;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a classifier's run, beside the batches in which they are learnt.
 *
 * @param learnt the rows to learn from
 * @param judged measures on the rows to judge by, for what is told of a result; nothing may be chosen by it. Null for none
 * @param batches of the rows to learn from as a sampler plans them, changed on their way as the run's own are
 */
public record ClassRows(LabelledDataset learnt, @Nullable Evaluator judged, Function<Sampler, BatchSource> batches) {
    /** Rows whose batches are as the data set makes them. */
    public ClassRows(LabelledDataset learnt, @Nullable Evaluator judged) {
        this(learnt, judged, sampler -> sampler.over(learnt));
    }
}
