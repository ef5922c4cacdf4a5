package org.counterweight.jobs.predict;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.counterweight.data.text.Passages;
import org.counterweight.data.text.TextTokenizer;
import org.counterweight.data.text.TokenRows;
import org.counterweight.jobs.data.Cut;
import org.counterweight.jobs.model.AdaptedModel;
import org.counterweight.jobs.model.EditsDirectory;
import org.counterweight.jobs.model.TokenizerPlace;
import org.counterweight.model.Params;
import org.jspecify.annotations.Nullable;

/**
 * A trained model that is asked about texts, and how they are read.
 *
 * @param directory with config.json, tokenizer and weights
 * @param adapter directory of one to put on it, PEFT's or of our own, or null
 * @param edits directory of a codebook to put on it, or null
 * @param maxLength tokens of a text that the user allowed, or null
 * @param top of how many classes of each row the probabilities are told; 0 for the likeliest class alone
 * @param remarks takes what a user should know, a line each
 */
public record Asked(
        Path directory,
        @Nullable Path adapter,
        @Nullable Path edits,
        @Nullable Integer maxLength,
        int top,
        Consumer<String> remarks) {
    /**
     * What the model is asked with: the edits in effect, if there are any.
     *
     * @param which told of those that answer
     */
    Params params(AdaptedModel adapted, WhichEdit which) {
        return edits == null
                ? adapted.computed()
                : EditsDirectory.open(edits).on(directory, adapter, adapted.model(), adapted.computed(), which);
    }

    /** The tokenizer, the adapter's own where it brings one. */
    TextTokenizer tokenizer(AdaptedModel adapted, int length) {
        return TokenizerPlace.of(directory, adapter).open(adapted.model(), length);
    }

    /** The tokenizer of a language model, which sees all of a text if nothing was said. */
    TextTokenizer tokenizer(AdaptedModel adapted) {
        return tokenizer(adapted, maxLength == null ? TextTokenizer.UNLIMITED : maxLength);
    }

    /** The opened model. */
    Reader reader(AdaptedModel adapted, TextTokenizer tokenizer) {
        return new Reader(directory, adapted, tokenizer, remarks);
    }

    /**
     * An opened model, and how it reads texts.
     *
     * @param directory of the model, for messages
     * @param remarks takes what a user should know, a line each
     */
    record Reader(Path directory, AdaptedModel adapted, TextTokenizer tokenizer, Consumer<String> remarks) {
        /** The texts as tokens; says how many were cut. */
        TokenRows encode(List<String> texts) {
            return encode(Passages.alone(texts));
        }

        /** The same of texts or pairs. */
        TokenRows encode(Passages read) {
            TokenRows rows = tokenizer.encode(read.texts(), read.pairs());
            Cut.of(rows, tokenizer.maxLength()).tell("--max-length N reads more", remarks);
            return rows;
        }
    }
}
