package org.counterweight.jobs.dawin;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.counterweight.data.text.LabelledTexts;
import org.counterweight.jobs.data.file.TextFile;
import org.jspecify.annotations.Nullable;

/**
 * Files with texts.
 *
 * @param input to be answered
 * @param reference that offset and mixture are fitted to; null for the input itself
 * @param dev with classes, held out, that temperatures are fitted to; or null
 * @param text the column of the texts
 * @param label that of the classes; null if the input has none
 * @param maxLength tokens of a text that the user allowed; null for what the first model was trained with
 */
public record DawinTexts(
        Path input,
        @Nullable Path reference,
        @Nullable Path dev,
        String text,
        @Nullable String label,
        @Nullable Integer maxLength) {
    private static final String LABEL = "label";

    /** Refuses a file that cannot be read, before any model is. */
    void check() {
        new TextFile(input).check(label == null ? List.of(text) : List.of(text, label));
        if (reference != null) {
            new TextFile(reference).check(List.of(text));
        }
        if (dev != null) {
            new TextFile(dev).check(List.of(text, labelOfDev()));
        }
    }

    private String labelOfDev() {
        return label == null ? LABEL : label;
    }

    /** Those to be answered; of class 0 where they have none. */
    LabelledTexts answered(List<String> classes, Consumer<String> remarks) {
        return label == null
                ? unlabelled(input, classes, remarks)
                : new TextFile(input).labelled(text, label, classes, remarks);
    }

    @Nullable
    LabelledTexts referred(List<String> classes, Consumer<String> remarks) {
        return reference == null ? null : unlabelled(reference, classes, remarks);
    }

    @Nullable
    LabelledTexts heldOut(List<String> classes, Consumer<String> remarks) {
        return dev == null ? null : new TextFile(dev).labelled(text, labelOfDev(), classes, remarks);
    }

    private LabelledTexts unlabelled(Path file, List<String> classes, Consumer<String> remarks) {
        List<String> read = new TextFile(file).column(text, remarks);
        return new LabelledTexts(read, new int[read.size()], classes);
    }

    /** All of them, for the ledger. */
    List<Path> files() {
        return Stream.of(input, reference, dev).filter(Objects::nonNull).toList();
    }
}
