package org.counterweight.jobs.predict;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.counterweight.data.text.TextTokenizer;
import org.counterweight.data.text.TokenRows;
import org.counterweight.jobs.data.Cut;
import org.counterweight.jobs.model.AdaptedModel;

/**
 * An opened model, and how it reads texts.
 *
 * @param directory of the model, for messages
 * @param remarks takes what a user should know, a line each
 */
record Reader(Path directory, AdaptedModel adapted, TextTokenizer tokenizer, Consumer<String> remarks) {
    /** The texts as tokens; says how many were cut. */
    TokenRows encode(List<String> texts) {
        TokenRows rows = tokenizer.encode(texts);
        Cut.of(rows, tokenizer.maxLength()).tell("--max-length N reads more", remarks);
        return rows;
    }
}
