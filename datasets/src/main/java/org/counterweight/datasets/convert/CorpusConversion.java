package org.counterweight.datasets.convert;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.counterweight.data.DataException;
import org.counterweight.data.JsonLines;

/** Makes documents, and texts with classes, of corpora that each have a form of their own. */
public final class CorpusConversion {
    private CorpusConversion() {}

    /** The Brown corpus: a document a file, {@code word/tag} by word, a sentence a line, in Latin-1. */
    public static Converter brown() {
        return (in, out) -> {
            try (var documents = JsonLines.write(out.resolve("documents.jsonl"))) {
                for (Path file : files(in.resolve("package"), path -> name(path).matches("c[a-r]\\d\\d"))) {
                    String text = Files.readString(file, StandardCharsets.ISO_8859_1)
                            .lines()
                            .filter(line -> !line.isBlank())
                            .map(CorpusConversion::withoutTags)
                            .collect(Collectors.joining("\n"));
                    documents.row("text", text);
                }
            }
        };
    }

    static String withoutTags(String sentence) {
        return Arrays.stream(sentence.strip().split("\\s+"))
                .map(word -> word.lastIndexOf('/') < 0 ? word : word.substring(0, word.lastIndexOf('/')))
                .collect(Collectors.joining(" "));
    }

    /** A directory of fortune files: quotations between lines of {@code %}. Files with a dot in their name are indexes. */
    public static Converter fortunes(String directory) {
        return (in, out) -> {
            try (var documents = JsonLines.write(out.resolve("documents.jsonl"))) {
                for (Path file :
                        files(in.resolve(directory), path -> !name(path).contains("."))) {
                    for (String quotation : Files.readString(file).split("(?m)^%$")) {
                        if (!quotation.isBlank()) {
                            documents.row("text", quotation.strip());
                        }
                    }
                }
            }
        };
    }

    /** A dictionary of dictd, a document an entry. */
    public static Converter dictd(String name) {
        return (in, out) -> {
            try (var documents = JsonLines.write(out.resolve("documents.jsonl"))) {
                for (String entry : Dictionary.read(in, name).entries()) {
                    documents.row("text", entry);
                }
            }
        };
    }

    /** The SpamAssassin mails: whole messages, class {@code ham} or {@code spam} by the name of their group. */
    public static Converter spamAssassin() {
        return (in, out) -> {
            try (var rows = JsonLines.write(out.resolve("train.jsonl"))) {
                for (Path file :
                        files(in.resolve("package/data"), path -> name(path).endsWith(".json"))) {
                    String group = name(parent(file));
                    JsonLines.read(file, line -> {
                        try {
                            rows.row("text", line.get("text"), "label", group.startsWith("spam") ? "spam" : "ham");
                        } catch (IOException e) {
                            throw new DataException(file + ": cannot be converted: " + e.getMessage(), e);
                        }
                    });
                }
            }
        };
    }

    private static Path parent(Path file) {
        Path parent = file.getParent();
        return parent == null ? file : parent;
    }

    private static String name(Path path) {
        return String.valueOf(path.getFileName());
    }

    private static List<Path> files(Path directory, Predicate<Path> wanted) throws IOException {
        try (Stream<Path> paths = Files.walk(directory)) {
            return paths.filter(Files::isRegularFile).filter(wanted).sorted().toList();
        }
    }
}
