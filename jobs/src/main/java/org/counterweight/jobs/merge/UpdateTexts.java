package org.counterweight.jobs.merge;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.counterweight.data.table.row.TableFormat;
import org.counterweight.data.text.LabelledTexts;
import org.counterweight.data.text.TextClassification;
import org.counterweight.data.text.TextTokenizer;
import org.counterweight.jobs.data.file.TextFile;
import org.jspecify.annotations.Nullable;

/**
 * Files with texts by which an update is chosen and judged, and of all but {@code fisher} their classes.
 *
 * @param dev to choose by
 * @param test to judge the choice by, or null
 * @param fisher to find by what matters to the old model; null for those of {@code dev}
 * @param format how the files are written
 * @param text and {@code label}: names of columns
 * @param maxLength tokens of a text that the user allowed; null for what the new model was trained with
 */
public record UpdateTexts(
        Path dev,
        @Nullable Path test,
        @Nullable Path fisher,
        TableFormat format,
        String text,
        String label,
        @Nullable Integer maxLength) {

    /** Refuses a file that cannot be read before any model is. */
    void check() {
        Stream.of(dev, test)
                .filter(file -> file != null)
                .forEach(file -> new TextFile(file, format).check(List.of(text, label)));
        if (fisher != null) {
            new TextFile(fisher, format).check(List.of(text));
        }
    }

    /** All of them, in that order. */
    List<Path> files() {
        return Stream.of(dev, test, fisher).filter(file -> file != null).toList();
    }

    /** The texts of a file, each with its class. */
    TextClassification read(Path file, List<String> labels, TextTokenizer tokenizer, Consumer<String> remarks) {
        LabelledTexts read = new TextFile(file, format).labelled(text, label, labels, remarks);
        return TextClassification.of(read, tokenizer);
    }

    /** The texts of a file without their classes. */
    TextClassification unlabelled(Path file, TextTokenizer tokenizer, Consumer<String> remarks) {
        List<String> read = new TextFile(file, format).column(text, remarks);
        return TextClassification.of(new LabelledTexts(read, new int[read.size()], List.of("")), tokenizer);
    }
}
