package org.counterweight.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.counterweight.config.Configs;
import org.counterweight.data.table.Table;
import org.counterweight.data.table.row.Column;
import org.counterweight.data.table.row.TableFormat;
import org.counterweight.engine.Seed;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

/** Tables are weighed from the command line. */
class WeighRunTest {
    @TempDir
    private Path root;

    private Sandbox sandbox;

    @BeforeEach
    void fill() {
        sandbox = Sandbox.in(root);
    }

    private String path(String name) {
        return sandbox.path(name) + "";
    }

    private Ran weigh(String... words) {
        return new Weighed(sandbox).by(words);
    }

    private ObjectNode figures(String output) {
        return new Weighed(sandbox).figures(output);
    }

    private double[] column(String file, String name) throws IOException {
        return new Weighed(sandbox).column(file, name);
    }

    /** People with a label and a group that go together. */
    private List<String> people(int rows) {
        SplittableRandom random = new Seed(3).random();
        var people = new ArrayList<String>();
        for (int i = 0; i < rows; i++) {
            boolean one = random.nextInt(5) < 2;
            boolean yes = random.nextInt(10) < (one ? 7 : 3);
            people.add((yes ? "yes" : "no") + "," + (one ? "b" : "a") + "," + (20 + random.nextInt(40)) + ","
                    + random.nextInt(3));
        }
        return people;
    }

    private static String table(List<String> rows) {
        return "label,group,age,count\n" + String.join("\n", rows) + "\n";
    }

    @ParameterizedTest
    @ValueSource(strings = {"shift", "fair", "ab"})
    void theExamplesRun(String example) throws IOException {
        Ran ran = weigh("examples/weigh/" + example + ".yaml", "--output", path("out"));
        assertThat(ran.out()).contains("Table     ", "Report    ", "largest difference of a feature");
        assertThat(sandbox.read("out/report.html"))
                .contains("How alike the samples are", "with weights", "The weights");
        assertThat(Ran.cw("verify", path("out")).status()).isZero();
        List<String> weighted = Files.readAllLines(sandbox.path("out/weighted.csv"));
        String source = example.equals("shift") ? "train" : example.equals("fair") ? "people" : "log";
        List<String> before = Files.readAllLines(Path.of("examples", "weigh", source + ".csv"));
        assertThat(weighted).hasSameSizeAs(before);
        for (int i = 0; i < before.size(); i++) {
            assertThat(weighted.get(i)).startsWith(before.get(i) + ",");
        }
    }

    @Test
    void doubleWeightingSaysWhatItFound() throws IOException {
        weigh("examples/weigh/shift.yaml", "--output", path("out"));
        ObjectNode found = figures("out");
        assertThat(found.at("/figures/guaranteed risk").asDouble()).isBetween(0.0, 0.5);
        assertThat(found.at("/figures/duality gap").asDouble()).isLessThan(1e-6);
        assertThat(found.path("tables").get(0).path("rows")).hasSize(10);
        double[] alpha = column("out/target.csv", "confidence");
        assertThat(alpha).hasSize(120);
        assertThat(Arrays.stream(alpha).allMatch(a -> a >= 0 && a <= 1)).isTrue();
        assertThat(Arrays.stream(column("out/weighted.csv", "weight")).allMatch(b -> b >= 0))
                .isTrue();
        assertThat(sandbox.read("out/report.html")).contains("numerator", "sigma", "knn50_inclusive");
    }

    @Test
    void aTableComesAsAFileSeveralOrAQuestion() throws IOException {
        List<String> rows = people(200);
        sandbox.write("all.csv", table(rows));
        sandbox.write("part-1.csv", table(rows.subList(0, 77)));
        sandbox.write("part-2.csv", table(rows.subList(77, 200)));
        String[] rest = {"--label", "label", "--group", "group", "--set", "corr=0.1", "--set", "mode=sample", "--output"
        };
        weigh(with(rest, "fair_correlation_shifts", path("all.csv"), path("one")));
        weigh(with(rest, "fair_correlation_shifts", path("part-*.csv"), path("two")));
        assertThat(sandbox.read("two/weighted.csv")).isEqualTo(sandbox.read("one/weighted.csv"));
        weigh(with(
                rest,
                "fair_correlation_shifts",
                "SELECT * FROM '" + path("all.csv").replace('\\', '/') + "'",
                path("three")));
        assertThat(sandbox.path("three/weighted.parquet")).exists();
        weigh(with(rest, "fair_correlation_shifts", path("three/weighted.parquet"), path("four")));
        long kept = Files.readAllLines(sandbox.path("one/weighted.csv")).size() - 1;
        assertThat(figures("three").path("kept").asLong()).isEqualTo(kept).isLessThan(200);
        assertThat(figures("four").path("rows").asLong()).isEqualTo(kept);
    }

    private static String[] with(String[] rest, String method, String source, String output) {
        return Stream.of(Stream.of(method, source), Arrays.stream(rest), Stream.of(output))
                .flatMap(words -> words)
                .toArray(String[]::new);
    }

    @Test
    void allRowsTwiceHaveTheWeightsOfOnce() throws IOException {
        List<String> rows = people(120);
        sandbox.write("once.csv", table(rows));
        sandbox.write(
                "twice.csv", table(Stream.concat(rows.stream(), rows.stream()).toList()));
        for (String name : List.of("once", "twice")) {
            weigh(
                    "fair_correlation_shifts",
                    path(name + ".csv"),
                    "--label",
                    "label",
                    "--group",
                    "group",
                    "--set",
                    "corr=0.1",
                    "--output",
                    path(name + "-fair"));
            weigh(
                    "ab_weighted_training",
                    path(name + ".csv"),
                    "--arm",
                    "group",
                    "--features",
                    "age,count",
                    "--set",
                    "weight_model=logistic",
                    "--set",
                    "holdout=0",
                    "--output",
                    path(name + "-ab"));
        }
        for (String name : List.of("once", "twice")) {
            weigh(
                    "class_balance",
                    path(name + ".csv"),
                    "--label",
                    "label",
                    "--set",
                    "power=0.5",
                    "--output",
                    path(name + "-classes"));
        }
        for (String kind : List.of(
                "fair/weighted.csv weight", "ab/weighted.csv weight_treatment", "classes/weighted.csv weight")) {
            String[] words = kind.split(" ");
            double[] once = column("once-" + words[0], words[1]);
            double[] twice = column("twice-" + words[0], words[1]);
            for (int i = 0; i < once.length; i++) {
                assertThat(twice[i]).isCloseTo(once[i], within(1e-9));
                assertThat(twice[i + once.length]).isCloseTo(once[i], within(1e-9));
            }
        }
    }

    @Test
    void wholeNumbersAreRepeatedRows() throws IOException {
        List<String> rows = people(150);
        sandbox.write("counted.csv", table(rows));
        sandbox.write(
                "repeated.csv",
                table(rows.stream()
                        .flatMap(row -> Stream.generate(() -> row)
                                .limit(Long.parseLong(row.substring(row.lastIndexOf(',') + 1))))
                        .toList()));
        weigh(
                "fair_correlation_shifts",
                path("counted.csv"),
                "--label",
                "label",
                "--group",
                "group",
                "--weight",
                "count",
                "--set",
                "corr=0.1",
                "--output",
                path("counted"));
        weigh(
                "fair_correlation_shifts",
                path("repeated.csv"),
                "--label",
                "label",
                "--group",
                "group",
                "--ignore",
                "count",
                "--set",
                "corr=0.1",
                "--output",
                path("repeated"));
        assertThat(figures("counted").at("/figures/correlation before"))
                .isEqualTo(figures("repeated").at("/figures/correlation before"));
        assertThat(figures("counted").path("tables"))
                .isEqualTo(figures("repeated").path("tables"));
        double all = Arrays.stream(column("counted/weighted.csv", "weight")).sum();
        assertThat(all)
                .isCloseTo(
                        Arrays.stream(column("repeated/weighted.csv", "weight")).sum(), within(1e-9));
        assertThat(all)
                .isCloseTo(Files.readAllLines(sandbox.path("repeated.csv")).size() - 1, within(1e-6));
    }

    @Test
    void theColumnGoesIntoARecipe() {
        sandbox.write(
                "rows.csv",
                "text,label,group\n" + "the cat,animal,0\na tree,plant,0\nthe cat sat,animal,1\n".repeat(8)
                        + "a tree grew,plant,1\n".repeat(3));
        weigh(
                "fair_correlation_shifts",
                path("rows.csv"),
                "--label",
                "label",
                "--group",
                "group",
                "--ignore",
                "text",
                "--set",
                "corr=0",
                "--set",
                "g_y=0.2",
                "--output",
                path("weighted"));
        sandbox.spoil("recipe.yaml", "texts.csv", "weighted/weighted.csv");
        sandbox.spoil("recipe.yaml", "max_length: 16", "max_length: 16\n  columns: {weight: weight}");
        sandbox.write("recipe.yaml", sandbox.read("recipe.yaml") + "weigh: {method: column}\n");
        Ran ran = Ran.cw(sandbox.run().toArray(String[]::new));
        assertThat(ran.status()).as(ran.err()).isZero();
    }

    @Test
    void tablesThatDoNotOverlapAreDoubted() {
        SplittableRandom random = new Seed(4).random();
        var here = new StringBuilder("x,z\n");
        var there = new StringBuilder("x,z\n");
        for (int i = 0; i < 70; i++) {
            here.append(random.nextDouble())
                    .append(',')
                    .append(random.nextDouble())
                    .append('\n');
            there.append(50 + random.nextDouble())
                    .append(',')
                    .append(random.nextDouble())
                    .append('\n');
        }
        sandbox.write("here.csv", here.toString());
        sandbox.write("there.csv", there.toString());
        Ran ran = weigh("double_weighting", path("here.csv"), "--target", path("there.csv"), "--output", path("out"));
        assertThat(ran.out())
                .contains(
                        "Doubt     The samples hardly overlap: with the weights too their means of x are 170.1 standard");
        assertThat(sandbox.read("out/report.html")).contains("The samples hardly overlap");
    }

    /** Polars writes NaN into CSV, and JSON has truths. */
    @Test
    void truthsAreGroupsAndNaNIsMissingAmongNumbers() throws IOException {
        sandbox.write(
                "odd.jsonl",
                Stream.of(
                                "true, \"group\": false",
                                "true, \"group\": true",
                                "false, \"group\": true",
                                "false, \"group\": false")
                        .map(row -> "{\"price\": NaN, \"size\": 2.5, \"label\": " + row
                                + "}\n{\"price\": 3, \"size\": 1, \"label\": " + row + "}\n")
                        .collect(Collectors.joining())
                        .repeat(10));
        sandbox.write("odd.csv", "label,group,price\n" + "1,0,NaN\n1,1,3\n0,1,NA\n0,0,1\n1,0,2\n".repeat(16));
        for (String[] asked : new String[][] {{"odd.jsonl", "jsonl"}, {"odd.csv", "csv"}, {"odd.jsonl", "parquet"}}) {
            String words = "--label label --group group --set corr=0.2 --format " + asked[1];
            String[] all = Stream.concat(
                            Stream.of("fair_correlation_shifts", path(asked[0]), "--output", path("out-" + asked[1])),
                            Stream.of(words.split(" ")))
                    .toArray(String[]::new);
            Ran ran = weigh(all);
            assertThat(ran.status()).as(ran.err()).isZero();
            assertThat(ran.err()).containsPattern("price: missing in (32|40) rows, which get the mean");
        }
        assertThat(Files.readString(sandbox.path("out-jsonl/weighted.jsonl")))
                .startsWith("{\"price\":null,\"size\":2.5,\"label\":true,\"group\":false,");
        assertThat(Files.readString(sandbox.path("out-csv/weighted.csv"))).contains("\n1,0,NaN,");
        assertThat(Table.open(sandbox.path("out-parquet/weighted.parquet"), TableFormat.FIND_OUT, List.of())
                        .columns())
                .contains(new Column("label", Column.Type.BOOLEAN), new Column("size", Column.Type.NUMBER));
    }

    @Test
    void whatIsFoundInColumnsIsSaid() throws IOException {
        sandbox.write(
                "odd.csv",
                "label,group,when,city,code,same,price\n"
                        + Stream.of(
                                        "1,0,2024-01-01,Rome,007,x,1.5",
                                        "0,1,2024-02-01,Oslo,010,x,",
                                        "1,1,2024-03-01,,011,x,2.5",
                                        "0,0,2024-01-15,Rome,007,x,3")
                                .collect(Collectors.joining("\n", "", "\n"))
                                .repeat(20));
        Ran ran = weigh(
                "fair_correlation_shifts",
                path("odd.csv"),
                "--label",
                "label",
                "--group",
                "group",
                "--set",
                "corr=0.2",
                "--format",
                "jsonl",
                "--output",
                path("out"));
        assertThat(ran.err())
                .contains(
                        "when: 80 dates, written as 2024-01-01, read as days since 1970",
                        "city: missing in 20 rows, which are a category",
                        "same: has one value in all rows and is left out",
                        "price: missing in 20 rows, which get the mean");
        ObjectNode first = Configs.json(
                Files.readAllLines(sandbox.path("out/weighted.jsonl")).get(0), "row");
        assertThat(first.path("code").asString()).isEqualTo("007");
        assertThat(first.path("label").isIntegralNumber()).isTrue();
        assertThat(first.path("price").asDouble()).isEqualTo(1.5);
        assertThat(Configs.json(
                                Files.readAllLines(sandbox.path("out/weighted.jsonl"))
                                        .get(1),
                                "row")
                        .path("price")
                        .isNull())
                .isTrue();
    }

    @Test
    void aSmallTableOfTheDeploymentSaysTheCorrelationWithItsInterval() {
        sandbox.write("source.csv", table(people(400)));
        sandbox.write(
                "deployed.csv",
                "label,group,age,count\n" + "yes,a,30,1\nno,b,30,1\nyes,b,30,1\nno,a,30,1\n".repeat(50));
        weigh(
                "fair_correlation_shifts",
                path("source.csv"),
                "--target",
                path("deployed.csv"),
                "--label",
                "label",
                "--group",
                "group",
                "--set",
                "g_y=0.2",
                "--set",
                "g_z=0.2",
                "--output",
                path("out"));
        assertThat(figures("out").at("/figures/correlation after").asDouble()).isBetween(0.05, 0.25);
        assertThat(sandbox.read("out/report.html")).contains("95 % interval", "by resampling them 2,000 times");
    }
}
