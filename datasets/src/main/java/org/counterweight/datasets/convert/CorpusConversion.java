package org.counterweight.datasets.convert;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.counterweight.data.DataException;
import org.counterweight.data.JsonLines;

/** Makes documents, and texts with classes, of corpora that each have a form of their own. */
public final class CorpusConversion {
    private static final String BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

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

    /** A dictionary of dictd: a gzipped text, and an index of headword, offset and length, the numbers in base 64. */
    public static Converter dictd(String name) {
        return (in, out) -> {
            Path directory = in.resolve("usr/share/dictd");
            byte[] text;
            try (InputStream zipped = new GZIPInputStream(Files.newInputStream(directory.resolve(name + ".dict.dz")))) {
                text = zipped.readAllBytes();
            }
            var entries = new TreeMap<Integer, Integer>(); // several headwords may name one entry
            for (String line : Files.readAllLines(directory.resolve(name + ".index"))) {
                String[] fields = line.split("\t");
                if (fields.length >= 3 && !fields[0].startsWith("00-database") && !fields[0].startsWith("00database")) {
                    entries.merge(number(fields[1]), number(fields[2]), Math::max);
                }
            }
            try (var documents = JsonLines.write(out.resolve("documents.jsonl"))) {
                for (var entry : entries.entrySet()) {
                    if ((long) entry.getKey() + entry.getValue() > text.length) {
                        throw new DataException(name + ".index: an entry of " + entry.getValue() + " bytes at "
                                + entry.getKey() + " does not lie in the text of " + text.length);
                    }
                    documents.row(
                            "text", new String(text, entry.getKey(), entry.getValue(), StandardCharsets.UTF_8).strip());
                }
            }
        };
    }

    static int number(String digits) {
        long number = 0;
        for (char digit : digits.toCharArray()) {
            int value = BASE64.indexOf(digit);
            number = number * 64 + value;
            if (value < 0 || number > Integer.MAX_VALUE) {
                throw new DataException("\"" + digits + "\" is no number of a dictd index");
            }
        }
        return (int) number;
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
