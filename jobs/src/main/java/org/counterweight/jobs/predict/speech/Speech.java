package org.counterweight.jobs.predict.speech;

import java.util.List;
import java.util.function.Consumer;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.model.generate.Generation;
import org.jspecify.annotations.Nullable;

/**
 * How a decoder continues texts, and who hears it.
 *
 * @param stop words that end a text, and are not told
 * @param batch texts at once
 * @param chat that the texts are said to a chat model; null where they are continued as they are
 * @param hearer takes each text piece by piece, as it comes, one text after the other; null for nobody
 */
public record Speech(
        Generation generation,
        List<String> stop,
        int batch,
        @Nullable Chat chat,
        @Nullable Consumer<String> hearer) {
    private static final int USUAL_BATCH = 32;

    public Speech {
        stop = List.copyOf(stop);
        if (stop.contains("")) {
            throw new ConfigException("--stop", "", "at least one letter, or \\n for the end of a line");
        }
        if (batch < 1) {
            throw new ConfigException("--batch", batch, "an integer of at least 1");
        }
    }

    /** The likeliest tokens, a few dozen. */
    public static Speech usual() {
        return of(Configs.defaults(Generation.class));
    }

    /** As it says, without words that end a text, heard by nobody. */
    public static Speech of(Generation generation) {
        return new Speech(generation, List.of(), USUAL_BATCH, null, null);
    }
}
