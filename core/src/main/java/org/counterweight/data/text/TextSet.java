package org.counterweight.data.text;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import org.counterweight.data.JsonLines;
import org.jspecify.annotations.Nullable;

/**
 * Texts with classes, as they are published.
 *
 * @param train all of them, or those to learn from where there is a test set
 * @param test the published test set, with the classes of {@code train}; null if there is none
 */
public record TextSet(LabelledTexts train, @Nullable LabelledTexts test) {
    /**
     * Reads a directory with {@code train.jsonl} and perhaps {@code test.jsonl}, each line with a {@code text} and a
     * {@code label}: what {@code Fetcher} of the datasets makes of a set of texts.
     */
    public static TextSet read(Path directory) {
        LabelledTexts train = read(directory.resolve("train.jsonl"), null);
        Path test = directory.resolve("test.jsonl");
        return new TextSet(train, Files.exists(test) ? read(test, train) : null);
    }

    private static LabelledTexts read(Path file, @Nullable LabelledTexts like) {
        var texts = new ArrayList<String>();
        var labels = new ArrayList<String>();
        JsonLines.read(file, line -> {
            texts.add(line.get("text"));
            labels.add(line.get("label"));
        });
        return like == null ? LabelledTexts.of(texts, labels) : LabelledTexts.of(texts, labels, like.labelNames());
    }
}
