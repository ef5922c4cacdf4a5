package org.counterweight.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A folder of files as people have them: what {@code cw run} says of each, and whether it learns from it. {@code docs/data.md}
 * shows them, and {@code -Dupdate.docs} with this test writes the table anew.
 */
class AwkwardDataTest {
    private static final Path PAGE = Path.of("docs", "data.md");
    private static final String BEGIN = "<!-- what AwkwardDataTest found -->\n";
    private static final String END = "<!-- so far -->\n";
    private static final String HEADER = "text,label\n";
    private static final String ROWS =
            "the cat sat,animal\na tree grew,plant\nthe cat,animal\na tree,plant\n".repeat(4);

    @TempDir
    private Path root;

    /**
     * One of them.
     *
     * @param said what must be said of it
     * @param learns whether a run goes on
     */
    private record Awkward(String about, String name, byte[] bytes, String said, boolean learns) {
        static Awkward read(String about, String name, String text, String said) {
            return new Awkward(about, name, text.getBytes(StandardCharsets.UTF_8), said, true);
        }

        static Awkward refused(String about, String name, String text, String said) {
            return new Awkward(about, name, text.getBytes(StandardCharsets.UTF_8), said, false);
        }

        Awkward in(String charset) {
            byte[] other = new String(bytes, StandardCharsets.UTF_8).getBytes(Charset.forName(charset));
            return new Awkward(about, name, other, said, learns);
        }

        Awkward packed() {
            var out = new ByteArrayOutputStream();
            try (var gzip = new GZIPOutputStream(out)) {
                gzip.write(bytes);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return new Awkward(about, name, out.toByteArray(), said, learns);
        }
    }

    private static List<Awkward> files() {
        String json = ROWS.lines()
                .map(line -> line.split(","))
                .map(cells -> "{\"text\": \"" + cells[0] + "\", \"label\": \"" + cells[1]
                        + "\", \"by\": {\"name\": \"ann\"}}")
                .collect(Collectors.joining("\n"));
        return List.of(
                Awkward.read(
                                "Windows-1252, semicolons",
                                "01.csv",
                                (HEADER + ROWS).replace(',', ';').replace("grew", "né"),
                                "01.csv: semicolons between columns, Windows-1252")
                        .in("windows-1252"),
                Awkward.read(
                        "a byte order mark, Windows' line ends",
                        "02.csv",
                        "\uFEFF" + (HEADER + ROWS).replace("\n", "\r\n"),
                        "16 rows"),
                Awkward.read("UTF-16", "03.csv", "\uFEFF" + HEADER + ROWS, "03.csv: UTF-16LE")
                        .in("utf-16le"),
                Awkward.read("tabs", "04.csv", (HEADER + ROWS).replace(',', '\t'), "04.csv: tabs between columns"),
                Awkward.read(
                        "quotes with commas, quotes and line feeds in them",
                        "05.csv",
                        HEADER + ROWS + "\"the cat, \"\"sat\"\",\nand sat\",animal\n",
                        "17 rows"),
                Awkward.refused(
                        "a decimal comma in what is a class",
                        "06.csv",
                        HEADER.replace(',', ';')
                                + "the cat;0,5\na tree;0,75\nthe tree;1,5\na cat;2,25\nthe sat;3,5\na sat;4,25\n",
                        "data.label"),
                Awkward.refused(
                        "a row with too many cells",
                        "07.csv",
                        HEADER + ROWS + "a tree, tall,plant\n",
                        "07.csv: 1 row is broken, at line 18"),
                Awkward.refused(
                        "a NUL in a text",
                        "08.csv",
                        HEADER + ROWS + "a\0tree,plant\n",
                        "08.csv: 1 row is broken, at line 18: a NUL character"),
                Awkward.refused("no header", "09.csv", ROWS, "09.csv"),
                Awkward.refused(
                        "two columns of one name",
                        "10.csv",
                        "text,label,label\n" + ROWS.replace("\n", ",x\n"),
                        "10.csv: has 2 columns \"label\"; give each a name of its own"),
                Awkward.read("blank lines between rows", "11.csv", HEADER + ROWS.replace("\n", "\n\n"), "16 rows"),
                Awkward.read(
                        "a cell of 200,000 letters",
                        "12.csv",
                        HEADER + ROWS + "cat ".repeat(50_000) + ",animal\n",
                        "1 of 17 texts were cut at 16 tokens"),
                Awkward.read(
                        "numbers as classes",
                        "13.csv",
                        HEADER + ROWS.replace("animal", "0").replace("plant", "1"),
                        "16 rows"),
                Awkward.read(
                        "classes that differ in spaces and case",
                        "14.csv",
                        HEADER + ROWS.replaceFirst("plant", "Plant ") + "a tree,Plant \n",
                        "classes that differ in nothing but spaces or case, and are learnt apart"),
                Awkward.refused(
                        "nulls",
                        "15.jsonl",
                        json + "\n{\"text\": null, \"label\": \"plant\"}\n",
                        "15.jsonl: 1 row lacks a value, at line 17: no text"),
                Awkward.read("nested JSON in another key", "16.jsonl", json + "\n", "16 rows"),
                Awkward.refused(
                        "nested JSON for a text",
                        "17.jsonl",
                        json.replace("\"the cat sat\"", "{\"en\": \"the cat\"}") + "\n",
                        "17.jsonl: 4 rows are broken, the first at line 1"),
                Awkward.read("an array of JSON", "18.json", "[" + json.replace("\n", ",\n") + "]", "16 rows"),
                Awkward.read("packed", "19.csv.gz", HEADER + ROWS, "16 rows").packed(),
                Awkward.refused(
                        "packed by its name alone",
                        "20.csv.gz",
                        HEADER + ROWS,
                        "20.csv.gz: cannot be read: it is no gzip file"),
                Awkward.refused("empty", "21.csv", "", "21.csv: has no rows; give a file with at least one"),
                Awkward.refused(
                        "one class",
                        "22.csv",
                        HEADER + ROWS.replace("plant", "animal"),
                        "all rows have the same class, \"animal\""),
                Awkward.read(
                        "a class with one row, a text of two classes",
                        "23.csv",
                        HEADER + ROWS + "the tree,mineral\nthe cat,plant\n",
                        "one class has a single row"),
                Awkward.read(
                        "two scripts",
                        "24.csv",
                        HEADER + ROWS + "хороший фильм,plant\n".repeat(3),
                        "texts are in several scripts"));
    }

    @Test
    void whatIsSaidAndDone() throws IOException {
        Sandbox sandbox = Sandbox.in(root);
        var table = new StringBuilder("\n| The file | Said | Done |\n|---|---|---|\n");
        for (Awkward file : files()) {
            sandbox.write("folder/" + file.name(), file.bytes());
            Ran ran = Ran.cw(
                    "run",
                    sandbox.path("recipe.yaml").toString(),
                    "--overwrite",
                    "--set",
                    "data.train=" + sandbox.path("folder/" + file.name()),
                    "--set",
                    "train.max_steps=1",
                    "--set",
                    "output.merged=false");
            assertThat(ran.status()).as(file.about() + ": " + ran.err()).isEqualTo(file.learns() ? 0 : 2);
            String said = said(file, ran.err());
            if (!file.said().equals("16 rows") && !file.said().equals("17 rows")) {
                assertThat(said).contains(file.said());
            }
            table.append("| ")
                    .append(file.about())
                    .append(" | ")
                    .append(
                            said.isEmpty()
                                    ? "nothing"
                                    : "`" + said.replace("|", "\\|").replace('`', '\'') + "`")
                    .append(" | ")
                    .append(file.learns() ? "learnt from" : "refused")
                    .append(" |\n");
        }
        String page = Files.readString(PAGE);
        String wanted = page.substring(0, page.indexOf(BEGIN) + BEGIN.length()) + table + "\n"
                + page.substring(page.indexOf(END));
        if (Boolean.getBoolean("update.docs")) {
            Files.writeString(PAGE, wanted);
        }
        assertThat(Files.readString(PAGE))
                .as("docs/data.md; -Dtest=AwkwardDataTest -Dupdate.docs=true writes its table anew")
                .isEqualTo(wanted);
    }

    /** Of all that a run says what concerns the file: not the usual share of a class, nor what the small texts repeat. */
    private String said(Awkward file, String err) {
        return err.lines()
                .filter(line -> line.contains(file.name())
                        || line.startsWith("cw run: ")
                        || line.contains("class")
                                && !line.startsWith("the most frequent class")
                                && !line.contains(" rows to learn from, ")
                        || line.contains("scripts")
                        || line.contains("different classes")
                        || line.contains("were cut"))
                .filter(line -> !line.contains("fresh one is trained"))
                .map(line -> line.replace(root + "/folder/", "").replace("cw run: ", ""))
                .collect(Collectors.joining("; "));
    }
}
