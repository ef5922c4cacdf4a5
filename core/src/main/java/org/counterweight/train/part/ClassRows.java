package org.counterweight.train.part;

import org.counterweight.data.LabelledDataset;
import org.counterweight.train.measure.Evaluator;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a classifier's run, beside the batches in which they are learnt.
 *
 * @param learnt the rows to learn from
 * @param judged measures on the rows to judge by, for what is told of a result; nothing may be chosen by it. Null for none
 */
public record ClassRows(LabelledDataset learnt, @Nullable Evaluator judged) {}
