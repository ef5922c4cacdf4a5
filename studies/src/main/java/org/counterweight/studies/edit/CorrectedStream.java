package org.counterweight.studies.edit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.LongOptional;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;

/**
 * Rows that reach a model one by one; where its answer is wrong, a corrector is told the right one.
 *
 * @param upstream rows like those that the model learnt from, which show what is left of its own answers
 * @param stream in the order in which they come
 * @param held rows like those of the stream, which no corrector sees
 */
record CorrectedStream(Model model, Batch upstream, Batch stream, Batch held) {
    /** The share of {@link #upstream} that is told rightly after the stream: the paper's TRR. */
    static final String UPSTREAM = "upstream";
    /** What that is below the model's before the stream, in points. */
    static final String LOST = "lost";
    /** The share of the corrected rows that is told rightly after the stream: the paper's ERR. */
    static final String RETENTION = "retention";
    /** The share of {@link #held}. */
    static final String HOLDOUT = "holdout";
    /** Rows of the stream that were told wrongly when they came. */
    static final String MISTAKES = "mistakes";
    /** Those of them that were corrected. */
    static final String EDITS = "edits";

    static final String ENTRIES = "entries";
    /** Of the time that correcting took, milliseconds an edit. */
    static final String MILLIS = "millis";

    private static final long ROWS = 128;

    /** The figures of a corrector on this stream; the model before it is {@code served}. */
    Map<String, Double> under(Corrector corrector, Params served) {
        var corrected = new ArrayList<Long>();
        int mistakes = 0;
        long nanos = 0;
        for (long i = 0; i < stream.rows(); i++) {
            try (var scope = Scope.open()) {
                Batch row = stream.slice(i, i + 1);
                if (accuracy(corrector.params(), row) < 1) {
                    mistakes++;
                    if (!corrector.corrects()) {
                        continue;
                    }
                    corrected.add(i);
                    long begun = System.nanoTime();
                    corrector.correct(row);
                    nanos += System.nanoTime() - begun;
                }
            }
        }
        long begun = System.nanoTime();
        corrector.finish();
        nanos += System.nanoTime() - begun;
        double after = accuracy(corrector.params(), upstream);
        var figures = new LinkedHashMap<String, Double>();
        figures.put(UPSTREAM, after);
        figures.put(LOST, 100 * (accuracy(served, upstream) - after));
        figures.put(RETENTION, retained(corrector.params(), corrected));
        figures.put(HOLDOUT, accuracy(corrector.params(), held));
        figures.put(MISTAKES, (double) mistakes);
        figures.put(EDITS, (double) corrected.size());
        figures.put(ENTRIES, (double) corrector.entries());
        figures.put(MILLIS, nanos * 1e-6 / Math.max(1, corrected.size()));
        return figures;
    }

    /** Of the rows that were corrected; of the whole stream where none was. */
    private double retained(Params params, List<Long> corrected) {
        try (var scope = Scope.open()) {
            return accuracy(
                    params,
                    corrected.isEmpty()
                            ? stream
                            : stream.rows(Tensors.longs(corrected.stream()
                                    .mapToLong(Long::longValue)
                                    .toArray())));
        }
    }

    private double accuracy(Params params, Batch rows) {
        long right = 0;
        for (long from = 0; from < rows.rows(); from += ROWS) {
            try (var scope = Scope.open();
                    var off = Tensors.noGrad()) {
                Batch some = rows.slice(from, Math.min(from + ROWS, rows.rows()));
                right += model.forward(params, some, Pass.evaluation())
                        .logits()
                        .argmax(new LongOptional(1), false)
                        .eq(some.labels())
                        .sum()
                        .item_long();
            }
        }
        return (double) right / rows.rows();
    }
}
