package org.counterweight.jobs.data.targets;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.counterweight.data.DataException;
import org.counterweight.data.Dataset;
import org.counterweight.data.table.TableRows;
import org.counterweight.data.table.row.Wanted;
import org.counterweight.data.text.AnsweredTexts;
import org.counterweight.data.text.TextTokenizer;
import org.counterweight.data.text.TokenRows;
import org.counterweight.data.text.TokenizedTexts;
import org.jspecify.annotations.Nullable;

/**
 * A text that answers the row's own.
 *
 * @param tokenizer of both; null where columns are only looked at
 * @param start the token that an answer begins with
 * @param remarks takes how many answers were cut
 */
public record AnswerTarget(@Nullable TextTokenizer tokenizer, long start, Consumer<String> remarks) implements Target {
    /** What a column must be, before there is a tokenizer. */
    public static final AnswerTarget OF_COLUMNS = new AnswerTarget(null, 0, line -> {});

    @Override
    public Wanted wanted(String column) {
        return Wanted.text(column);
    }

    /** None: words are told. */
    @Override
    public List<String> names(Path file, String column, TableRows rows) {
        List<String> answers = rows.texts(column);
        if (answers.stream().distinct().count() < 2) {
            throw new DataException(file + ": " + column + " has one answer to every text, so that there is nothing to"
                    + " learn; name another column");
        }
        return List.of();
    }

    @Override
    public Dataset on(Dataset inputs, Path file, String column, TableRows rows, List<String> names) {
        if (tokenizer == null || !(inputs instanceof TokenizedTexts texts)) {
            throw new IllegalArgumentException("answers are to texts, and read by their tokenizer");
        }
        TokenRows answers = tokenizer.encode(rows.texts(column));
        if (answers.truncated() > 0) {
            remarks.accept(String.format(
                    Locale.ROOT,
                    "%,d of %,d answers were cut at %,d tokens; a greater data.max_length learns more",
                    answers.truncated(),
                    answers.size(),
                    tokenizer.maxLength()));
        }
        return new AnsweredTexts(texts.tokens(), answers, texts.pad(), start);
    }
}
