package org.counterweight.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.counterweight.config.Configs;
import org.counterweight.engine.Seed;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

/** Fair classifiers from the command line: in the batches of a run, in its loss, and of a table. */
class FairRunTest {
    private static final String RECIPE = """
            task: table_classification
            model: {architecture: {type: mlp, hidden: [8]}}
            data: {train: "%1$s/people.csv", label: hired, features: [age, hours], columns: {group: group}}
            train: {epochs: 4, batch_size: 16, lr: 1e-2, precision: float32}
            output: {directory: "%1$s/out"}
            """;

    @TempDir
    private Path root;

    private Sandbox sandbox;

    /** People whose hiring goes with their hours, and with their group. */
    @BeforeEach
    void fill() {
        sandbox = Sandbox.in(root);
        var random = new Seed(5).random();
        var rows = new ArrayList<String>(List.of("age,hours,group,hired"));
        for (int i = 0; i < 400; i++) {
            boolean one = random.nextInt(2) == 0;
            int hours = 20 + random.nextInt(30) + (one ? 5 : 0);
            boolean yes = hours + random.nextInt(16) - 8 + (one ? 3 : 0) > 40;
            rows.add(20 + random.nextInt(40) + "," + hours + "," + (one ? "b" : "a") + "," + (yes ? "yes" : "no"));
        }
        sandbox.write("people.csv", String.join("\n", rows) + "\n");
    }

    private String path(String name) {
        return sandbox.path(name) + "";
    }

    private Ran run(String section, String... more) {
        sandbox.write("fair.yaml", RECIPE.formatted(root.toString().replace('\\', '/')) + section + "\n");
        return Ran.cw(Stream.concat(Stream.of("run", path("fair.yaml"), "--overwrite"), Stream.of(more))
                .toArray(String[]::new));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "fairbatch: {target_fairness: dp, alpha: 0.05}",
                "fairbatch: {target_fairness: eqodds, replacement: true, lambda_rows: 60, positive: \"no\"}",
                "fairbatch: {target_fairness: original}",
                "fair_penalty: {rho: 2.0}",
                "fair_penalty: {constraint: equalized_odds, positive: \"no\"}"
            })
    void aRunIsHeldToFairnessAndTellsOfIt(String section) {
        Ran ran = run(section);
        assertThat(ran.status()).as(ran.err()).isZero();
        assertThat(sandbox.read("out/report.html"))
                .contains("The groups, on the rows to judge by", "How far apart the groups are", "demographic parity");
        assertThat(sandbox.read("out/report.html").contains("Shares of the group z=1 in a batch"))
                .isEqualTo(section.startsWith("fairbatch"));
    }

    @Test
    void aStrongPenaltyBringsTheGroupsTogether() throws IOException {
        double[] gaps = new double[2];
        for (int i = 0; i < 2; i++) {
            Ran ran = run(
                    "fair_penalty: {rho: " + (i == 0 ? "0.0" : "50.0") + "}",
                    "--set",
                    "train.epochs=25",
                    "--set",
                    "train.seed=3");
            assertThat(ran.status()).as(ran.err()).isZero();
            String page = sandbox.read("out/report.html");
            String row = page.substring(page.indexOf("demographic parity"));
            var number = Pattern.compile("\\d\\.\\d{4}").matcher(row);
            assertThat(number.find()).isTrue();
            gaps[i] = Double.parseDouble(number.group());
        }
        assertThat(gaps[1]).isLessThan(gaps[0] / 2);
    }

    private ObjectNode weigh(String output, String... more) {
        Ran ran = Ran.cw(Stream.concat(
                        Stream.of(
                                "weigh",
                                "fair_training",
                                path("people.csv"),
                                "--label",
                                "hired",
                                "--group",
                                "group",
                                "--output",
                                path(output),
                                "--set",
                                "epochs=5",
                                "--set",
                                "rounds=10"),
                        Stream.of(more))
                .toArray(String[]::new));
        assertThat(ran.status()).as(ran.err()).isZero();
        return Configs.json(sandbox.read(output + "/weighing.json"), "weighing");
    }

    @Test
    void aTableGetsAFairClassifierAndTheCostOfFairness() throws IOException {
        ObjectNode found = weigh("one", "--set", "weigh.shift.corr=0.1");
        assertThat(found.at("/figures/correlation after").asDouble()).isBetween(0.0999, 0.1001);
        assertThat(found.at("/tables/0/rows").size())
                .as("one and four strengths, three, four, FairBatch")
                .isEqualTo(13);
        assertThat(found.path("weights").has("said"))
                .as("an answer is no weight")
                .isFalse();
        assertThat(sandbox.read("one/report.html"))
                .contains("What fairness costs in accuracy", "frontier", "bound of any classifier", "The groups");
        List<String> lines = Files.readAllLines(sandbox.path("one/weighted.csv"));
        assertThat(lines.get(0)).endsWith(",weight,said");
        weigh("two", "--set", "weigh.shift.corr=0.1");
        assertThat(sandbox.read("two/weighted.csv"))
                .as("the same on every call")
                .isEqualTo(sandbox.read("one/weighted.csv"));
    }

    @Test
    void groupsOfTheSameWeightsAreShownToHaveThem() throws IOException {
        weigh("plain", "--set", "algorithms=[none]");
        List<String> lines = Files.readAllLines(sandbox.path("plain/weighted.csv"));
        assertThat(IntStream.range(1, lines.size()).mapToObj(i -> lines.get(i).split(",")[4]))
                .containsOnly("1.0");
        String page = sandbox.read("plain/report.html");
        assertThat(page).contains("z=1", "z=0");
    }

    @Test
    void whatDoesNotGoTogetherIsRefused() {
        assertThat(run("fairbatch: {}", "--set", "train.batch_size=2").err())
                .contains("train.batch_size: 2 is not allowed; expected an integer of at least 4 with fairbatch");
        assertThat(run("fairbatch: {}", "--set", "train.sampler=class_balanced").err())
                .contains("fairbatch chooses the rows of each batch, and so does train.sampler");
        assertThat(run("fairbatch: {positive: maybe}").err())
                .contains("fairbatch.positive: there is no class \"maybe\"");
        assertThat(run("fair_penalty: {}", "--set", "data.columns={}").err())
                .contains("fair_penalty needs of each row \"group\" (its group, 0 to 1)");
    }
}
