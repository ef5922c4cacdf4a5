package org.counterweight.datasets.convert;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.counterweight.data.JsonLines;
import org.counterweight.data.table.write.CsvWriter;
import org.counterweight.datasets.foreign.RData;

/** Makes texts and tables of what comes as data of R. */
public final class RConversion {
    private RConversion() {}

    /** A data frame to learn from and one to judge by, each with a column of texts and one of classes. */
    public static Converter texts(String directory, String train, String test, String text, String label) {
        return (in, out) -> {
            Map<String, RData.Value> tables = RData.database(in.resolve(directory), train, test);
            for (String name : List.of(train, test)) {
                Path file = out.resolve(name.equals(train) ? "train.jsonl" : "test.jsonl");
                write(tables.getOrDefault(name, new RData.Value(null, Map.of())), file, text, label);
            }
        };
    }

    private static void write(RData.Value table, Path file, String text, String label) throws IOException {
        String[] texts = table.get(text).texts();
        String[] labels = table.get(label).texts();
        try (var rows = JsonLines.write(file)) {
            for (int i = 0; i < texts.length; i++) {
                rows.row("text", texts[i], "label", labels[i]);
            }
        }
    }

    /** A data frame as {@code file}, a table with a header and those of its columns. */
    public static Converter table(String directory, String frame, String file, String... columns) {
        return (in, out) -> {
            RData.Value found = Objects.requireNonNull(
                    RData.database(in.resolve(directory), frame).get(frame));
            List<String[]> values = Arrays.stream(columns)
                    .map(column -> found.get(column).texts())
                    .toList();
            try (var rows = new CsvWriter(Files.newBufferedWriter(out.resolve(file)))) {
                rows.line(List.of(columns));
                for (int i = 0; i < values.get(0).length; i++) {
                    int row = i;
                    rows.line(values.stream().map(column -> column[row]).toList());
                }
            }
        };
    }

    /** Books, each a vector of lines, cut into chapters. */
    public static Converter chapters(String directory, String... books) {
        return (in, out) -> {
            try (var documents = JsonLines.write(out.resolve("documents.jsonl"))) {
                for (RData.Value book :
                        RData.database(in.resolve(directory), books).values()) {
                    String text = String.join("\n", book.texts());
                    for (String chapter : text.split("(?im)^(?=chapter [0-9ivxl]+\\b)")) {
                        if (!chapter.isBlank()) {
                            documents.row("text", chapter.strip());
                        }
                    }
                }
            }
        };
    }
}
