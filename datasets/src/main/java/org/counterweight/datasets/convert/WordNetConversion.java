package org.counterweight.datasets.convert;

import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.counterweight.data.DataException;
import org.counterweight.data.JsonLines;

/**
 * The glosses of WordNet's nouns and the class of each.
 *
 * <p>Format: WordNet's manual, page wndb(5): {@code offset lex_filenum type … | gloss}; lines of the licence begin with two
 * spaces.
 */
public final class WordNetConversion {
    /** The lexicographers' files 3 to 28. */
    private static final List<String> NOUNS = List.of(
            "tops",
            "act",
            "animal",
            "artifact",
            "attribute",
            "body",
            "cognition",
            "communication",
            "event",
            "feeling",
            "food",
            "group",
            "location",
            "motive",
            "object",
            "person",
            "phenomenon",
            "plant",
            "possession",
            "process",
            "quantity",
            "relation",
            "shape",
            "state",
            "substance",
            "time");

    private static final int FIRST_NOUN = 3;

    private WordNetConversion() {}

    public static Converter nouns(String dataNoun) {
        return (in, out) -> {
            Path file = in.resolve(dataNoun);
            try (BufferedReader lines = Files.newBufferedReader(file);
                    var rows = JsonLines.write(out.resolve("train.jsonl"))) {
                for (String line; (line = lines.readLine()) != null; ) {
                    if (!line.startsWith("  ")) {
                        rows.row("text", gloss(file, line), "label", label(file, line));
                    }
                }
            }
        };
    }

    private static String gloss(Path file, String line) {
        int bar = line.indexOf(" | ");
        if (bar < 0) {
            throw new DataException(file + ": no gloss in \"" + line + "\"");
        }
        return line.substring(bar + 3).strip();
    }

    private static String label(Path file, String line) {
        String number = line.split(" ", 3)[1];
        int index = number.matches("\\d\\d") ? Integer.parseInt(number) - FIRST_NOUN : -1;
        if (index < 0 || index >= NOUNS.size()) {
            throw new DataException(file + ": \"" + number + "\" is no class of nouns");
        }
        return NOUNS.get(index);
    }
}
