package org.counterweight.jobs.recipe.program;

import java.util.List;
import org.counterweight.config.Setting;
import org.counterweight.jobs.recipe.data.HomeDirectory;
import org.jspecify.annotations.Nullable;

/** What written texts begin with, and what they may not have. */
public record TextSource(
        @Setting(
                value = "Words of which one begins each single text; null for the first words of the few examples",
                defaultsTo = "null")
        @Nullable
        List<String> starts,

        @Setting(value = "What no text may contain", defaultsTo = "[\"\\n\"]")
        List<String> bad,

        @Setting(
                value = "File of first sentences to write second ones to: a table, or .txt with a text a paragraph",
                defaultsTo = "null")
        @Nullable
        String unlabelled,

        @Setting(value = "Its column or key", defaultsTo = "\"text\"")
        String column) {

    public TextSource {
        starts = starts == null ? null : List.copyOf(starts);
        bad = List.copyOf(bad);
        unlabelled = HomeDirectory.expandedOrNull(unlabelled);
    }
}
