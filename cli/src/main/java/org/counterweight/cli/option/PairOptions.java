package org.counterweight.cli.option;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How pairs of texts are read, for commands that ask models of them. */
public final class PairOptions {
    @Option(
            names = "--pair-column",
            paramLabel = "NAME",
            description = "column of the text read together with each text, for models of pairs")
    private @Nullable String pair;

    /** The column or key of what is read together with a text, or null. */
    @Nullable
    public String pair() {
        return pair;
    }
}
