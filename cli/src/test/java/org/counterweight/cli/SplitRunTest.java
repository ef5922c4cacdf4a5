package org.counterweight.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.counterweight.config.Configs;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Rows are held out by who said them or when, and lie in one file, in several, or in a database. */
class SplitRunTest {
    private static final int ROWS = 60;

    @TempDir
    private Path root;

    private Sandbox sandbox;

    @BeforeEach
    void write() {
        sandbox = Sandbox.in(root);
        sandbox.write("texts.csv", "text,label,who,day\n" + String.join("", rows()));
    }

    private static List<String> rows() {
        var rows = new ArrayList<String>();
        for (int i = 0; i < ROWS; i++) {
            rows.add((i % 2 == 0 ? "the cat sat,animal," : "a tree grew,plant,") + "p" + i * 7 % 12 + ",2024-"
                    + String.format("%02d", 1 + i * 5 % 12) + "-0" + (1 + i % 9) + "\n");
        }
        return rows;
    }

    @Test
    void whatBelongsTogetherIsNotTornApart() throws IOException {
        Ran ran = run("data.columns={split_by: who, id: who}");
        assertThat(ran.err()).contains("split by who: the rows of each of 12 stay together");
        List<String> judged = ids();
        Set<String> people = Set.copyOf(judged);
        assertThat(people).hasSizeBetween(1, 4);
        assertThat(judged).as("all rows of each").hasSize((int) rows().stream()
                .filter(row -> people.contains(row.split(",")[2]))
                .count());
    }

    @Test
    void theLatestRowsAreHeldOut() throws IOException {
        Ran ran = run("data.columns={split_time: day, id: day}");
        assertThat(ran.err()).contains("split by day: from 2024-01-01 to 2024-12-0");
        List<String> days =
                rows().stream().map(row -> row.strip().split(",")[3]).sorted().toList();
        assertThat(ids()).containsExactlyInAnyOrderElementsOf(days.subList(ROWS - ROWS / 5, ROWS));
    }

    /** The same rows in three files, and in a table of a database, give the same run. */
    @Test
    void severalFilesAndADatabaseAreReadAsOne() throws IOException, SQLException {
        run();
        JsonNode wanted = figures();
        List<String> rows = rows();
        for (int part = 0; part < 3; part++) {
            sandbox.write(
                    "parts/" + part + ".csv",
                    "text,label,who,day\n" + String.join("", rows.subList(part * 20, part * 20 + 20)));
        }
        run("data.train=" + root.resolve("parts/*.csv"));
        assertThat(figures()).isEqualTo(wanted);
        try (var base = DriverManager.getConnection("jdbc:duckdb:" + root.resolve("shop.duckdb"));
                var statement = base.createStatement()) {
            statement.execute("CREATE TABLE reviews AS SELECT * FROM read_csv('" + root.resolve("texts.csv") + "')");
            statement.execute("CREATE TABLE others (a INTEGER)");
        }
        run("data.train=" + root.resolve("shop.duckdb") + "#reviews");
        assertThat(figures()).isEqualTo(wanted);
        sandbox.classifier("c");
        Ran asked = Ran.cw("predict", root.resolve("c") + "", "--input", root.resolve("parts") + "/{0,2}.csv");
        assertThat(asked.out().lines()).as(asked.err()).hasSize(40);
        assertThat(Ran.cw("predict", root.resolve("c") + "", "--input", root.resolve("shop.duckdb#reviws") + "")
                        .err())
                .contains("has no table \"reviws\"; did you mean \"reviews\"?");
        assertThat(Ran.cw("predict", root.resolve("c") + "", "--input", root.resolve("shop.duckdb") + "")
                        .err())
                .contains("has 2 tables; name one, as " + root.resolve("shop.duckdb") + "#others");
    }

    /** A broken row is told with the name of its own file. */
    @Test
    void aRowOfOneOfSeveralFilesIsNamed() {
        sandbox.write("parts/a.csv", "text,label\nthe cat,animal\n");
        sandbox.write("parts/b.csv", "text,label\na tree,plant\nx,y,z\n");
        assertThat(ran("data.train=" + root.resolve("parts/*.csv")).err())
                .contains("b.csv: 1 row is broken, at line 3: 3 cells where the header names 2");
    }

    private List<String> ids() throws IOException {
        return Files.readAllLines(root.resolve("out/predictions.jsonl")).stream()
                .map(line -> Configs.JSON.readTree(line).path("id").asString())
                .collect(Collectors.toList());
    }

    private JsonNode figures() throws IOException {
        return Configs.read(root.resolve("out/result.json")).get("test");
    }

    private Ran run(String... settings) {
        Ran ran = ran(settings);
        assertThat(ran.status()).as(ran.err()).isZero();
        return ran;
    }

    private Ran ran(String... settings) {
        return Ran.cw(Stream.concat(
                        Stream.of("run", root.resolve("recipe.yaml").toString(), "--overwrite"),
                        Stream.of(settings).flatMap(setting -> Stream.of("--set", setting)))
                .toArray(String[]::new));
    }
}
