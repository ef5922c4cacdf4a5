package org.counterweight.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.counterweight.config.Configs;
import org.counterweight.data.table.Table;
import org.counterweight.data.table.TableRows;
import org.counterweight.data.table.row.Column;
import org.counterweight.data.table.row.TableFormat;
import org.counterweight.data.table.row.Wanted;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Answers come out in the form asked for, in the order of the rows, from a file as from standard input. */
class PredictRunTest {
    @TempDir
    private Path root;

    private Sandbox sandbox;

    @BeforeEach
    void write() {
        sandbox = Sandbox.in(root).classifier("c");
        sandbox.write("rows.csv", "text,label,by\nthe cat sat,animal,\"ann, b\"\na tree grew,plant,\n");
    }

    @Test
    void tablesHoldWhatTheLinesSay() throws IOException {
        String[] words = {"--top", "all", "--id", "by", "--keep", "label,by", "--skip-empty-rows"};
        sandbox.write("rows.csv", "text,label,by\nthe cat sat,animal,\"ann, b\"\na tree grew,plant,bob\n");
        List<JsonNode> lines = answers(words);
        for (String file : List.of("out.csv", "out.parquet", "other.bin")) {
            var all = new ArrayList<>(List.of(words));
            all.addAll(List.of("-o", path(file)));
            if (file.endsWith("bin")) {
                all.addAll(List.of("--format", "csv"));
            }
            assertThat(predict(all.toArray(String[]::new)).out()).isEmpty();
            Path written = root.resolve(file);
            if (file.endsWith("bin")) {
                written = Files.move(written, root.resolve("other.csv"));
            }
            Table table = Table.open(written, TableFormat.FIND_OUT, List.of());
            List<String> names = table.columns().stream().map(Column::name).toList();
            assertThat(names)
                    .as("the kept column label is told beside the answer of that name")
                    .containsExactly(
                            "id",
                            "text",
                            "columns.label",
                            "by",
                            "label",
                            "probability",
                            "probabilities." + likeliest(lines.get(0)),
                            "probabilities." + other(lines.get(0)));
            TableRows rows = table.read(names.stream().map(Wanted::any).toList(), new ArrayList<>());
            assertThat(rows.size()).isEqualTo(2);
            for (int row = 0; row < 2; row++) {
                assertThat(rows.texts("id").get(row))
                        .isEqualTo(lines.get(row).path("id").asString());
                assertThat(rows.texts("columns.label").get(row))
                        .isEqualTo(lines.get(row).at("/columns/label").asString());
                assertThat(rows.texts("label").get(row))
                        .isEqualTo(lines.get(row).path("label").asString());
                assertThat(Double.parseDouble(rows.texts("probability").get(row)))
                        .isEqualTo(lines.get(row).path("probability").asDouble());
                assertThat(Double.parseDouble(rows.texts("probabilities.animal").get(row)))
                        .isEqualTo(lines.get(row).at("/probabilities/animal").asDouble());
            }
        }
    }

    /** JSON, tables and plain lines, packed or not, are told apart by how they begin. */
    @Test
    void standardInputIsReadAsAFileIs() throws IOException {
        List<JsonNode> wanted = answers();
        String csv = sandbox.read("rows.csv");
        String json = "{\"text\": \"the cat sat\"}\n{\"text\": \"a tree grew\"}\n";
        for (String given : List.of(
                csv,
                csv.replace(',', ';'),
                json,
                "[" + json.replace("}\n{", "},{") + "]",
                "the cat sat\na tree grew\n")) {
            assertThat(through(given.getBytes(StandardCharsets.UTF_8)))
                    .as(given)
                    .isEqualTo(wanted);
        }
        var packed = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(packed)) {
            gzip.write(json.getBytes(StandardCharsets.UTF_8));
        }
        assertThat(through(packed.toByteArray())).isEqualTo(wanted);
    }

    @Test
    void whatIsWrongWithStandardInputIsSaidOfIt() {
        assertThat(given("text,label\na tree,plant\na,b,c\n".getBytes(StandardCharsets.UTF_8))
                        .err())
                .contains("standard input: 1 row is broken, at line 3: 3 cells where the header names 2");
        assertThat(given(new byte[0]).err()).contains("standard input: has no rows");
        assertThat(given(new byte[] {'a', (byte) 0xF5, '\n'}).err()).contains("standard input: is no UTF-8 text");
    }

    /** More rows than are in memory together, of many lengths: each answer is that of its own row. */
    @Test
    void answersKeepTheOrderOfTheRows() {
        var rows = new StringBuilder("text,n\n");
        for (int i = 0; i < 5000; i++) {
            rows.append("the cat sat ".repeat(i % 7 + 1)).append(",").append(i).append("\n");
        }
        sandbox.write("rows.csv", rows.toString());
        List<JsonNode> answers = answers("--id", "n", "--batch-size", "100", "--threads", "1");
        assertThat(answers).hasSize(5000);
        for (int i = 0; i < 5000; i++) {
            assertThat(answers.get(i).path("id").asString()).isEqualTo(String.valueOf(i));
            assertThat(answers.get(i).path("probability").asDouble())
                    .isCloseTo(answers.get(i % 7).path("probability").asDouble(), within(2e-4));
        }
    }

    /** A row that cannot be used is found before any is answered. */
    @Test
    void nothingIsToldOfAFileThatIsBrokenAtItsEnd() {
        sandbox.write("rows.csv", "text,label\n" + "the cat sat,animal\n".repeat(5000) + "a,b,c\n");
        Ran ran = Ran.cw("predict", path("c"), "--input", path("rows.csv"));
        assertThat(ran.status()).isEqualTo(2);
        assertThat(ran.out()).isEmpty();
        assertThat(Ran.cw("predict", path("c"), "--input", path("rows.csv"), "-o", path("out.csv"))
                        .status())
                .isEqualTo(2);
        assertThat(root.resolve("out.csv")).doesNotExist();
    }

    @Test
    void figuresAreToldBesideTheAnswers() {
        sandbox.write("rows.csv", "text,label\n" + "the cat sat,animal\na tree grew,plant\n".repeat(6));
        Ran ran = predict("--label", "label");
        assertThat(ran.err()).contains("12 rows", "accuracy", "the same answer to all: 50.0 %");
        assertThat(Ran.given(
                                sandbox.read("rows.csv").getBytes(StandardCharsets.UTF_8),
                                "predict",
                                path("c"),
                                "--input",
                                "-",
                                "--label",
                                "label")
                        .err())
                .isEqualTo(ran.err().replace(path("rows.csv"), "standard input"));
        List<JsonNode> told = ran.out().lines().map(Configs.JSON::readTree).toList();
        assertThat(told).hasSize(12);
        assertThat(told.get(1).path("truth").asString()).isEqualTo("plant");
    }

    private static String likeliest(JsonNode line) {
        return line.path("label").asString();
    }

    private static String other(JsonNode line) {
        return likeliest(line).equals("animal") ? "plant" : "animal";
    }

    private List<JsonNode> through(byte[] given) {
        Ran ran = given(given);
        assertThat(ran.status()).as(ran.err()).isZero();
        return ran.out().lines().map(Configs.JSON::readTree).toList();
    }

    private Ran given(byte[] given) {
        return Ran.given(given, "predict", path("c"), "--input", "-");
    }

    private List<JsonNode> answers(String... words) {
        return predict(words).out().lines().map(Configs.JSON::readTree).toList();
    }

    private Ran predict(String... words) {
        Ran ran = Ran.cw(Stream.concat(Stream.of("predict", path("c"), "--input", path("rows.csv")), Stream.of(words))
                .toArray(String[]::new));
        assertThat(ran.status()).as(ran.err()).isZero();
        return ran;
    }

    private String path(String name) {
        return root.resolve(name).toString();
    }
}
