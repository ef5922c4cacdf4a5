package org.counterweight.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import org.counterweight.config.Configs;
import org.counterweight.engine.Seed;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/**
 * Rows with whole-number weights are learnt and judged as the rows repeated as often, from the standardisation of columns to the
 * figures, where a batch holds all rows.
 */
class WeightedRunTest {
    private static final String WEIGHED = ", columns: {weight: w}}\nweigh: {method: column}";
    private static final String HEADER = "x,town,price,use,has,w\n";

    @TempDir
    private Path root;

    private Sandbox sandbox;

    @BeforeEach
    void write() {
        sandbox = Sandbox.in(root);
        for (String part : List.of("train", "dev", "test")) {
            SplittableRandom random = new Seed(part.hashCode()).random();
            var weighed = new StringBuilder(HEADER);
            var repeated = new StringBuilder(HEADER);
            for (int i = 0; i < 50; i++) {
                int weight = random.nextInt(4);
                String row = row(random, i);
                weighed.append(row).append(weight).append('\n');
                repeated.append((row + "1\n").repeat(weight));
            }
            sandbox.write("weighed-" + part + ".csv", weighed.toString());
            sandbox.write("repeated-" + part + ".csv", repeated.toString());
        }
    }

    private static String row(SplittableRandom random, int i) {
        double x = 10 * random.nextDouble();
        String town = List.of("Oslo", "Rome", "Lima").get(random.nextInt(3));
        double price = x + (town.equals("Rome") ? 5 : 0) + random.nextDouble();
        return String.format(
                Locale.ROOT,
                "%s,%s,%.3f,%s,%s,",
                i % 9 == 0 ? "NA" : String.format(Locale.ROOT, "%.3f", x),
                town,
                price,
                price > 7 ? "shop" : random.nextInt(5) == 0 ? "shop" : "home",
                price > 9 ? "stairs" : price > 6 ? "stairs|garden" : price > 4 ? "garden" : "");
    }

    private JsonNode run(String task, String label, String rows, String more) {
        String name = task + "-" + rows;
        String recipe = """
                task: %1$s
                model: {architecture: {type: mlp, hidden: [6]}}
                data: {kind: table, train: "%2$s/%3$s-train.csv", dev: "%2$s/%3$s-dev.csv", test: "%2$s/%3$s-test.csv",
                       label: %4$s, features: [x, town]%5$s
                train: {epochs: 25, batch_size: 512, lr: 3e-2, precision: float32}
                output: {directory: "%2$s/%6$s"}
                """.formatted(task, root, rows, label, more, name);
        sandbox.write(name + ".yaml", recipe);
        Ran ran = Ran.cw("run", root.resolve(name + ".yaml").toString());
        assertThat(ran.status()).as(ran.err()).isZero();
        return read(name + "/result.json");
    }

    private JsonNode read(String file) {
        try {
            return Configs.read(root.resolve(file));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @CsvSource({"table_classification, use", "regression, price", "multi_label_classification, has"})
    void weightsAreRepetitions(String task, String label) throws IOException {
        JsonNode weighed = run(task, label, "weighed", WEIGHED);
        JsonNode repeated = run(task, label, "repeated", "}");
        same(weighed.get("test"), repeated.get("test"));
        List<String> baselines = new ArrayList<>(repeated.propertyNames());
        baselines.removeIf(name -> !name.endsWith("_baseline"));
        assertThat(baselines).hasSize(1);
        same(weighed.get(baselines.get(0)), repeated.get(baselines.get(0)));
        JsonNode seen = read(task + "-weighed/merged/table_config.json");
        same(seen, read(task + "-repeated/merged/table_config.json"));

        JsonNode judged = evaluate(task + "-weighed", "weighed", label, "--weight", "w");
        JsonNode counted = evaluate(task + "-weighed", "repeated", label);
        assertThat(counted.get("rows").asInt()).isEqualTo(judged.get("weight").asInt());
        for (String part : List.of("figures", "baseline", "classes", "calibration", "groups")) {
            if (counted.has(part)) {
                same(withoutRows(judged.get(part)), withoutRows(counted.get(part)));
            }
        }
        JsonNode plain = evaluate(task + "-weighed", "weighed", label);
        assertThat(plain.get("figures")).isNotEqualTo(judged.get("figures"));
    }

    private JsonNode evaluate(String model, String rows, String label, String... more) {
        var words = new ArrayList<>(List.of(
                "evaluate",
                root.resolve(model + "/merged").toString(),
                "--input",
                root.resolve(rows + "-test.csv").toString(),
                "--label",
                label,
                "--group",
                "town",
                "--resamples",
                "0",
                "--json"));
        words.addAll(List.of(more));
        Ran ran = Ran.cw(words.toArray(String[]::new));
        assertThat(ran.status()).as(ran.err()).isZero();
        return Configs.JSON.readTree(ran.out());
    }

    /** How many rows of a group were seen is what weights do not say. */
    private static JsonNode withoutRows(JsonNode part) {
        return Configs.JSON.readTree(
                part.toString().replaceAll("\"rows\":\\d+,(\"weight\":[\\d.]+,)?\"figures\"", "\"figures\""));
    }

    private static void same(JsonNode one, JsonNode other) {
        if (one.isNumber() && other.isNumber()) {
            assertThat(one.asDouble()).isCloseTo(other.asDouble(), within(2e-3));
            return;
        }
        if (one.isObject()) {
            assertThat(one.propertyNames()).isEqualTo(other.propertyNames());
            one.propertyNames().forEach(name -> same(one.get(name), other.get(name)));
            return;
        }
        if (one.isArray()) {
            assertThat(one).hasSameSizeAs(other);
            for (int i = 0; i < one.size(); i++) {
                same(one.get(i), other.get(i));
            }
            return;
        }
        assertThat(one).isEqualTo(other);
    }

    /** The frozen model's head learns with the weights too, in its own small batches, some of which weigh nothing. */
    @Test
    void textsAreWeighedAndSoIsTheirBaseline() throws IOException {
        String rows = "the cat sat,animal,2\na tree grew,plant,1\nthe tree,animal,0\n".repeat(15);
        sandbox.write("texts.csv", "text,label,w\n" + rows);
        sandbox.write("test.csv", "text,label,w\nthe cat sat,animal,3\na tree grew,plant,1\na tree grew,animal,0\n");
        sandbox.recipe(
                "  max_length",
                "  test: " + root.resolve("test.csv") + "\n  columns: {weight: w}\n  max_length",
                "train:\n",
                "weigh: {method: column, mean: 1.0}\ntrain:\n",
                "baseline: false",
                "baseline: true");
        Ran ran = Ran.cw(sandbox.run().toArray(String[]::new));
        assertThat(ran.status()).as(ran.err()).isZero();
        JsonNode result = read("out/result.json");
        assertThat(result.at("/frozen_baseline/accuracy").asDouble())
                .as("the third row does not count")
                .isIn(0.0, 0.25, 0.75, 1.0);
        assertThat(result.at("/test/accuracy").asDouble()).isIn(0.0, 0.25, 0.75, 1.0);
    }

    /** A file to judge by that has no weights is said to count each row once; intervals and pages are made with weights too. */
    @Test
    void aFileWithoutWeightsCountsEachRowOnce() throws IOException {
        sandbox.write("weighed-test.csv", sandbox.read("weighed-test.csv").replaceAll("(?m),[^,]*$", ""));
        sandbox.write("r.yaml", """
                task: table_classification
                model: {architecture: {type: mlp, hidden: [6]}}
                data: {train: "%1$s/weighed-train.csv", test: "%1$s/weighed-test.csv", label: use, features: [x, town],
                       columns: {weight: w}}
                weigh: {method: column}
                train: {epochs: 2, batch_size: 512, lr: 1e-2}
                output: {directory: "%1$s/out"}
                """.formatted(root));
        Ran ran = Ran.cw("run", root.resolve("r.yaml").toString());
        assertThat(ran.status()).as(ran.err()).isZero();
        assertThat(ran.err())
                .contains(
                        "weighed-test.csv: has no column \"w\" (data.columns.weight), so each of its rows counts once")
                .contains("rows weigh from 0 to 3 by w, and tell as much as ");
        Ran judged = Ran.cw(
                "evaluate",
                root.resolve("out/merged").toString(),
                "--input",
                root.resolve("weighed-dev.csv").toString(),
                "--label",
                "use",
                "--weight",
                "w",
                "--output",
                root.resolve("judged").toString());
        assertThat(judged.status()).as(judged.err()).isZero();
        assertThat(judged.out()).contains(" rows of ", ", which weigh ");
        assertThat(read("judged/figures.json").at("/figures/accuracy/interval")).hasSize(2);
    }
}
