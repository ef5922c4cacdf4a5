package org.counterweight.cli;

import org.counterweight.config.ConfigException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How texts are read, for commands that ask a trained model about them. */
final class TextOptions {
    /** The tokens of a text that a classifier sees if nothing was said. */
    private static final int CLASSIFIERS = 128;

    @Option(names = "--column", paramLabel = "NAME", description = "column of the text (default: ${DEFAULT-VALUE})")
    private String column = "text";

    @Option(
            names = "--max-length",
            paramLabel = "N",
            description = "tokens of a text; longer ones are cut (default: 128, of a language model all)")
    private @Nullable Integer maxLength;

    /** The column or key of the text. */
    String column() {
        return column;
    }

    /** The most tokens of a text, or null if nothing was said. */
    @Nullable
    Integer maxLength() {
        if (maxLength != null && maxLength < 2) {
            throw new ConfigException("--max-length", maxLength, "an integer of at least 2 (64 to 512 is usual)");
        }
        return maxLength;
    }

    /** The most tokens of a text that a classifier sees. */
    int classifiersLength() {
        Integer given = maxLength();
        return given == null ? CLASSIFIERS : given;
    }
}
