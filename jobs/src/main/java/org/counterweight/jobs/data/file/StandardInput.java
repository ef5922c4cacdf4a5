package org.counterweight.jobs.data.file;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import org.counterweight.config.Configs;
import org.counterweight.data.DataException;
import org.counterweight.data.table.row.TableFormat;
import org.counterweight.jobs.TemporaryDirectory;

/**
 * Rows that come through standard input. They are kept in a file while they are asked about, since their form must be known
 * before the first, and a broken one refuses all.
 *
 * @param file of the kind that its beginning shows
 */
public record StandardInput(TemporaryDirectory home, Path file) implements AutoCloseable {
    /** What stands for it in place of a file. */
    public static final Path NAME = Path.of("-");

    /** What messages call it. */
    public static final Path CALLED = Path.of("standard input");

    private static final int BEGINNING = 1 << 16;

    /** What lines are that are neither JSON nor a table with the column asked for. */
    public enum Lines {
        /** Each is a text. */
        TEXTS,
        /** The first names the columns of a table. */
        TABLE,
        /** Each has a word and its tag, as {@link org.counterweight.data.text.tag.SentenceFile} has them. */
        WORDS
    }

    /**
     * Takes all of it: JSON, Parquet, a table with the column of the texts in its first line, or else lines; packed or not.
     *
     * @param column of the texts; it is the texts' name where a line is one
     * @param lines what lines are
     * @throws DataException if there is nothing
     */
    public static StandardInput read(InputStream in, String column, Lines lines, TableFormat format) {
        TemporaryDirectory home = TemporaryDirectory.create("cw-input");
        try {
            InputStream all = unpacked(new BufferedInputStream(in, BEGINNING));
            byte[] bytes = peek(all);
            if (bytes.length == 0) {
                throw new DataException("standard input: has no rows; give at least one");
            }
            Charset charset = Objects.requireNonNullElse(format.charset(), StandardCharsets.UTF_8);
            boolean isDescribed = lines == Lines.TEXTS && !format.equals(TableFormat.FIND_OUT);
            String ending = ending(bytes, charset, column, isDescribed ? Lines.TABLE : lines);
            Path file = home.path().resolve("standard-input" + (ending.isEmpty() ? ".jsonl" : ending));
            if (ending.isEmpty()) {
                copyLines(all, charset, column, file);
            } else {
                Files.copy(all, file);
            }
            return new StandardInput(home, file);
        } catch (CharacterCodingException e) {
            home.close();
            throw new DataException(
                    "standard input: is no UTF-8 text; send UTF-8, or say its encoding (--encoding)", e);
        } catch (IOException e) {
            home.close();
            throw new UncheckedIOException("standard input: cannot be read: " + e.getMessage(), e);
        } catch (RuntimeException e) {
            home.close();
            throw e;
        }
    }

    private static InputStream unpacked(InputStream in) throws IOException {
        byte[] two = peek(in, 2);
        return two.length == 2 && two[0] == 0x1f && two[1] == (byte) 0x8b
                ? new BufferedInputStream(new GZIPInputStream(in, BEGINNING), BEGINNING)
                : in;
    }

    private static byte[] peek(InputStream in) throws IOException {
        return peek(in, BEGINNING);
    }

    private static byte[] peek(InputStream in, int bytes) throws IOException {
        in.mark(bytes);
        byte[] first = in.readNBytes(bytes);
        in.reset();
        return first;
    }

    /** Of what kind it is; empty for a text a line. */
    private static String ending(byte[] beginning, Charset charset, String column, Lines lines) {
        if (beginning.length >= 4 && new String(beginning, 0, 4, StandardCharsets.US_ASCII).equals("PAR1")) {
            return ".parquet";
        }
        String text = new String(beginning, charset).replaceFirst("^\uFEFF", "");
        String start = text.stripLeading();
        if (start.startsWith("{")) {
            return ".jsonl";
        }
        if (start.startsWith("[{") || start.startsWith("[\n") || start.startsWith("[ ")) {
            return ".json";
        }
        if (lines == Lines.WORDS) {
            return ".conll";
        }
        String first = start.lines().findFirst().orElse("");
        boolean named = Arrays.stream(first.split("[,;\t|]"))
                .map(cell -> cell.strip().replaceAll("^[\"']|[\"']$", ""))
                .anyMatch(column::equals);
        return lines == Lines.TABLE || named ? ".csv" : "";
    }

    private static void copyLines(InputStream in, Charset charset, String column, Path file) throws IOException {
        var decoder = charset.newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        try (var lines = new BufferedReader(new InputStreamReader(in, decoder));
                Writer out = Files.newBufferedWriter(file)) {
            for (String line; (line = lines.readLine()) != null; ) {
                out.write(Configs.JSON.createObjectNode().put(column, line) + "\n");
            }
        }
    }

    /** Words in which the file that it is kept in has its own name. */
    public String said(String words) {
        return words.replace(file.toString(), CALLED.toString());
    }

    @Override
    public void close() {
        home.close();
    }
}
