package org.counterweight.jobs.recipe.program;

import org.counterweight.config.Checks;
import org.counterweight.config.Setting;
import org.counterweight.data.table.row.TableFormat;
import org.counterweight.jobs.recipe.data.HomeDirectory;
import org.jspecify.annotations.Nullable;

/** The few examples, and the rows to choose and to judge by: CSV, JSONL or Parquet. */
public record FewData(
        @Setting(value = "File of the few examples", example = "\"few.csv\"")
        String train,

        @Setting(value = "File to choose by; without it the last weights are kept", defaultsTo = "null") @Nullable
        String dev,

        @Setting(value = "File to judge by; without it dev is judged by", defaultsTo = "null") @Nullable
        String test,

        @Setting(value = "Column or key of the text, or of a pair's first sentence", defaultsTo = "\"text\"")
        String text,

        @Setting(value = "Column or key of a pair's second sentence; null for single texts", defaultsTo = "null")
        @Nullable
        String pair,

        @Setting(value = "Column or key of the label", defaultsTo = "\"label\"")
        String label,

        @Setting(
                value = "Tokens of a text that the classifier sees; longer ones are cut",
                defaultsTo = "128",
                range = "at least 2; 64 to 512 is usual")
        int maxLength,

        @Setting(value = "How the files are written; what is not given is detected", defaultsTo = "{}")
        TableFormat format) {

    public FewData {
        Checks.ranges(FewData.class, "data", maxLength);
        train = HomeDirectory.expanded(train);
        dev = HomeDirectory.expandedOrNull(dev);
        test = HomeDirectory.expandedOrNull(test);
    }

    /** Whether a row is a pair of sentences. */
    public boolean arePairs() {
        return pair != null;
    }
}
