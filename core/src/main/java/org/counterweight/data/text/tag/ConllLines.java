package org.counterweight.data.text.tag;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.counterweight.config.Configs;
import org.counterweight.data.DataException;
import org.jspecify.annotations.Nullable;

/**
 * Lines with a word and its tag in columns between tabs, or else between blanks; an empty line ends a sentence. Lines that begin a
 * document ({@code -DOCSTART-}), comments, and of CoNLL-U words that stand for several or for none are passed over.
 *
 * @param word the column of words, from 0 on; null for the first
 * @param tag of tags; null for the last
 */
record ConllLines(
        Path path, @Nullable Integer word, @Nullable Integer tag) {
    private static final String DOCUMENT = "-DOCSTART-";
    private static final Pattern BLANKS = Pattern.compile("\\s+");
    private static final Pattern TABS = Pattern.compile("\\h*\\t\\h*");
    private static final Pattern SEVERAL = Pattern.compile("\\d+[-.]\\d+");
    private static final int UNIVERSAL = 10; // columns of CoNLL-U

    /** One sentence while its lines are read. */
    private record Sentence(int line, List<String> words, List<String> tags) {
        Sentence(int line) {
            this(line, new ArrayList<>(), new ArrayList<>());
        }
    }

    TaggedSentences read() throws IOException {
        List<String> lines = Configs.text(path).lines().toList();
        int width = width(lines);
        var all = new ArrayList<Sentence>();
        Sentence open = new Sentence(0);
        for (int i = 0; i < lines.size(); i++) {
            String line = line(lines.get(i));
            String[] cells = cells(line);
            if (line.isEmpty() || cells[0].equals(DOCUMENT)) {
                open = ended(open, all);
                continue;
            }
            if (line.startsWith("#") && cells.length != width) {
                continue;
            }
            check(cells, width, i + 1);
            if (width == UNIVERSAL && SEVERAL.matcher(cells[0]).matches()) {
                continue;
            }
            if (open.words().isEmpty()) {
                open = new Sentence(i + 1);
            }
            open.words().add(cells[word == null ? 0 : word]);
            open.tags().add(cells[tag == null ? width - 1 : tag]);
        }
        ended(open, all);
        if (all.isEmpty()) {
            throw new DataException(path + ": has no rows; give a file with at least one");
        }
        return new TaggedSentences(
                all.stream().map(Sentence::words).toList(),
                all.stream().map(Sentence::tags).toList(),
                row -> path + ":" + all.get(row).line());
    }

    private static Sentence ended(Sentence open, List<Sentence> all) {
        if (!open.words().isEmpty()) {
            all.add(open);
        }
        return new Sentence(0);
    }

    private static String line(String written) {
        return written.replaceFirst("^\uFEFF", "").strip();
    }

    private static String[] cells(String line) {
        return (line.contains("\t") ? TABS : BLANKS).split(line);
    }

    /** How many columns there are: those of the first line that is neither empty nor a comment. */
    private static int width(List<String> lines) {
        return lines.stream()
                .map(ConllLines::line)
                .filter(line -> !line.isEmpty() && !line.startsWith("#") && !line.startsWith(DOCUMENT))
                .mapToInt(line -> cells(line).length)
                .findFirst()
                .orElse(2);
    }

    private void check(String[] cells, int width, int line) {
        if (cells.length != width) {
            throw new DataException(path + ":" + line + ": has " + cells.length + " columns, and the lines before have "
                    + width + "; mend it (an empty line ends a sentence)");
        }
        if (width < 2) {
            throw new DataException(path + ":" + line + ": has one column, \"" + cells[0]
                    + "\"; give a word and its tag in each line, with a tab or a blank between them");
        }
        int most = Math.max(word == null ? 0 : word, tag == null ? 0 : tag);
        if (most >= width) {
            throw new DataException(
                    path + ":" + line + ": has " + width + " columns (" + String.join(", ", Arrays.asList(cells))
                            + "), and data.words or data.tags names number " + (most + 1));
        }
    }
}
