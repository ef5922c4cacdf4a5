package org.counterweight.jobs.predict.written;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Nearest;
import org.jspecify.annotations.Nullable;

/** In what form answers are written. */
public enum AnswerForm {
    JSONL,
    CSV,
    PARQUET,
    /** The numbers of the head alone. */
    SAFETENSORS;

    /**
     * The form that was named, or that the file's ending says; lines of JSON where neither is.
     *
     * @param file null for standard output
     * @throws ConfigException if it is unknown, or cannot be shown in a terminal
     */
    public static AnswerForm of(@Nullable Path file, @Nullable String named) {
        AnswerForm form = named != null ? named(named) : file == null ? JSONL : ending(file);
        if (file == null && (form == PARQUET || form == SAFETENSORS)) {
            throw new ConfigException("--format", form.word(), "jsonl or csv without a file; name one with --output");
        }
        return form;
    }

    private static AnswerForm named(String word) {
        return Arrays.stream(values())
                .filter(form -> form.word().equals(word))
                .findFirst()
                .orElseThrow(() -> new ConfigException("--format: \"" + word + "\" is unknown"
                        + Nearest.hint(word, List.of("jsonl", "csv", "parquet", "safetensors"), "Known:")));
    }

    private static AnswerForm ending(Path file) {
        String name = file.toString();
        return Arrays.stream(values())
                .filter(form -> name.endsWith("." + form.word()))
                .findFirst()
                .orElseThrow(() -> new ConfigException("--output: " + file
                        + ": the ending is none of .jsonl, .csv, .parquet, .safetensors; say it with --format"));
    }

    private String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
