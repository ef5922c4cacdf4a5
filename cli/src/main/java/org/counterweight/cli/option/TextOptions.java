package org.counterweight.cli.option;

import org.counterweight.config.ConfigException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How texts are read, for commands that ask a trained model about them. */
public final class TextOptions {
    @Option(names = "--column", paramLabel = "NAME", description = "column of the text (default: ${DEFAULT-VALUE})")
    private String column = "text";

    @Option(
            names = "--max-length",
            paramLabel = "N",
            description = "most tokens of a text; longer ones are cut (default: for a classifier what it"
                    + " was trained with or has positions for, for a language model all)")
    private @Nullable Integer maxLength;

    /** The column or key of the text. */
    public String column() {
        return column;
    }

    /** The most tokens of a text, or null if nothing was said. */
    @Nullable
    public Integer maxLength() {
        if (maxLength != null && maxLength < 2) {
            throw new ConfigException("--max-length", maxLength, "an integer of at least 2 (64 to 512 is usual)");
        }
        return maxLength;
    }
}
