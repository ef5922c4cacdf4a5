package org.counterweight.jobs.train;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.counterweight.data.Dataset;
import org.counterweight.data.text.TextTokenizer;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.jobs.model.BaseModel;
import org.counterweight.model.Batch;
import org.counterweight.model.Params;
import org.counterweight.model.generate.Continuations;
import org.counterweight.model.generate.Generation;
import org.counterweight.report.Page;

/** What a decoder writes when it goes on from texts that it has not learnt, beside how they go on themselves. */
final class Samples {
    private static final int TEXTS = 4;
    private static final int TOKENS = 32;
    private static final double TEMPERATURE = 0.8;

    private Samples() {}

    /**
     * Goes on from the first half of a few rows; nothing where they are too short.
     *
     * @param directory of the model, whose tokenizer reads it
     * @param seed of what is drawn
     */
    static List<Page.Sheet> of(BaseModel base, Params params, Dataset rows, Path directory, long seed) {
        var settings = new Generation(TOKENS, TEMPERATURE, 0, 1, 0, 1, seed);
        var lines = new ArrayList<List<String>>();
        try (var scope = Scope.open();
                TextTokenizer tokenizer = TextTokenizer.open(directory, TextTokenizer.UNLIMITED)) {
            Params whole = params.isOfWeightsAlone() ? Params.of(params.materialized()) : params;
            var ways = Continuations.of(base.model(), whole, settings, Set.of());
            for (int row = 0; row < Math.min(TEXTS, rows.size()); row++) {
                long[] tokens = Tensors.toLongs(rows.batch(row).get(Batch.INPUT_IDS));
                int given = Math.min(TOKENS, tokens.length / 2);
                if (given > 0) {
                    long[] begun = Arrays.copyOf(tokens, given);
                    long[] said = ways.after(List.of(begun), row).get(0).tokens();
                    lines.add(List.of(
                            tokenizer.decode(begun),
                            tokenizer.decode(said),
                            tokenizer.decode(
                                    Arrays.copyOfRange(tokens, given, Math.min(tokens.length, given + TOKENS)))));
                }
            }
        }
        return lines.isEmpty()
                ? List.of()
                : List.of(new Page.Sheet(
                        "What it writes",
                        "From the beginnings of rows to judge by, drawn with a temperature of " + TEMPERATURE + ".",
                        List.of("given", "it goes on", "as it stands there"),
                        lines,
                        -1));
    }
}
