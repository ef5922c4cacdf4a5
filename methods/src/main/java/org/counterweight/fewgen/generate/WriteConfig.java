package org.counterweight.fewgen.generate;

import org.counterweight.config.Checks;
import org.counterweight.config.Setting;

/** How many texts are written, and of which tokens. */
public record WriteConfig(
        @Setting(value = "Texts to keep for each label", defaultsTo = "5000", range = "at least 1")
        int texts,

        @Setting(
                value = "Candidates for each label after which writing stops, as a multiple of texts",
                defaultsTo = "20.0",
                range = "at least 1; 20 is usual")
        double maxTries,

        @Setting(
                value = "Tokens of a single text at most, and of a second sentence; the one that ends it counts",
                defaultsTo = "50",
                range = "at least 2")
        int maxTokens,

        @Setting(value = "Sample from the k likeliest tokens only; 0 for all", defaultsTo = "10", range = "at least 0")
        int topK,

        @Setting(
                value = "Sample from the fewest tokens with this total probability",
                defaultsTo = "1.0",
                range = "(0, 1]")
        double topP,

        @Setting(value = "Texts written at once", defaultsTo = "64", range = "at least 1")
        int batchSize) {

    public WriteConfig {
        Checks.ranges(WriteConfig.class, "write", texts, maxTries, maxTokens, topK, topP, batchSize);
    }

    /** The most candidates for a label. */
    public long tries() {
        return (long) Math.ceil(texts * maxTries);
    }
}
