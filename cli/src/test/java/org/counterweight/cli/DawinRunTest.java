package org.counterweight.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.Configs;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.zoo.Architectures;
import org.counterweight.weights.SafetensorsFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/** Classifiers answer texts together, each text by how sure they are of it. */
class DawinRunTest {
    private static final String QUERY = "bert.encoder.layer.0.attention.self.query.weight";
    private static final List<String> TEXTS =
            List.of("the cat sat", "a tree grew", "the tree sat, a cat grew", "a cat", "the the tree");

    @TempDir
    private Path root;

    private Sandbox sandbox;

    @BeforeEach
    void makeModels() {
        sandbox = Sandbox.in(root);
        model("a", 1);
        model("b", 2);
        model("c", 3);
        sandbox.write("rows.csv", "text,label\n" + String.join("\n", quoted()) + "\n");
    }

    private static List<String> quoted() {
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < TEXTS.size(); i++) {
            rows.add('"' + TEXTS.get(i) + "\"," + (i % 2 == 0 ? "animal" : "plant"));
        }
        return rows;
    }

    @Test
    void oneClusterIsOneModelAtTheMeanOfTheCoefficients() throws IOException {
        dawin("a", "b", "--clusters", "1", "--no-offset");
        double[] a = entropies("a");
        double[] b = entropies("b");
        double mean = 0;
        List<ObjectNode> coefficients = lines("out/coefficients.jsonl");
        for (int row = 0; row < TEXTS.size(); row++) {
            double lambda = Math.exp(-b[row]) / (Math.exp(-a[row]) + Math.exp(-b[row]));
            assertThat(number(coefficients.get(row), "/coefficients/1")).isCloseTo(lambda, Offset.offset(1e-6));
            assertThat(number(coefficients.get(row), "/coefficients/0")).isCloseTo(1 - lambda, Offset.offset(1e-6));
            assertThat(number(coefficients.get(row), "/entropies/0")).isCloseTo(a[row], Offset.offset(1e-6));
            mean += lambda / TEXTS.size();
        }
        try (var scope = Scope.open()) {
            Tensor expected = weight("a", QUERY).lerp(weight("b", QUERY), Tensors.scalar(mean));
            assertTensor(weight("out/merged-0", QUERY)).isCloseTo(expected, 1e-6, 1e-7);
        }
        Ran ran = Ran.cw("predict", path("out/merged-0"), "--input", path("rows.csv"));
        assertThat(ran.out().lines().toList()).isEqualTo(Files.readAllLines(root.resolve("out/predictions.jsonl")));
        assertThat(Ran.cw("verify", path("out")).status()).isZero();
        assertThat(Ran.cw("verify", path("out/merged-0")).status()).isZero();
        assertThat(Files.readString(root.resolve("out/report.html")))
                .contains("The share of a model that rows get", "How sure each model is", "The mixtures");
    }

    @Test
    void withLabelsEveryWayOfAnsweringIsCounted() {
        Ran ran = dawin("a", "b", "--clusters", "2", "--label", "label");
        ObjectNode figures = Configs.json(sandbox.read("out/dawin.json"), "figures");
        assertThat(figures.path("accuracy").propertyNames())
                .containsExactly(path("a"), path("b"), "interpolated half-way", "probabilities mixed", "dawin");
        int right = 0;
        List<ObjectNode> answers = lines("out/predictions.jsonl");
        for (int row = 0; row < TEXTS.size(); row++) {
            right += answers.get(row).path("label").asString("").equals(row % 2 == 0 ? "animal" : "plant") ? 1 : 0;
        }
        assertThat(number(figures, "/accuracy/dawin")).isEqualTo((double) right / TEXTS.size());
        assertThat(number(figures, "/clusters/0/rows") + number(figures, "/clusters/1/rows"))
                .isEqualTo(TEXTS.size());
        assertThat(ran.out()).contains("Entropy ", "Cluster   0: ", "Accuracy ", "interpolated half-way");
    }

    @Test
    void withoutClustersEachTextHasItsOwnModelAndNoneIsKept() throws IOException {
        dawin("a", "b", "--clusters", "0");
        double lambda = number(lines("out/coefficients.jsonl").get(1), "/coefficients/1");
        sandbox.write("row.csv", "text\n" + TEXTS.get(1) + "\n");
        sandbox.merge("""
                merge_method: linear
                models:
                  - {model: "@/a", parameters: {weight: %s}}
                  - {model: "@/b", parameters: {weight: %s}}
                """.formatted(1 - lambda, lambda));
        assertThat(Ran.cw("merge", path("merge.yaml"), path("alone"), "-q").status())
                .isZero();
        Ran alone = Ran.cw("predict", path("alone"), "--input", path("row.csv"));
        assertThat(alone.out().strip())
                .isEqualTo(Files.readAllLines(root.resolve("out/predictions.jsonl"))
                        .get(1));
        assertThat(root.resolve("out/merged-0")).doesNotExist();
    }

    @Test
    void moreModelsAreAddedToTheirBaseAsDifferences() {
        dawin("a", "b", path("c"), "--base", path("model"), "--scale", "0.4");
        double[][] h = {entropies("a"), entropies("b"), entropies("c")};
        double[] mean = new double[3];
        for (int row = 0; row < TEXTS.size(); row++) {
            double sum = 0;
            for (double[] of : h) {
                sum += Math.exp(-of[row]);
            }
            for (int m = 0; m < 3; m++) {
                mean[m] += 0.4 * 3 * Math.exp(-h[m][row]) / sum / TEXTS.size();
            }
        }
        try (var scope = Scope.open()) {
            Tensor base = weight("model", QUERY.substring("bert.".length()));
            Tensor expected = base;
            Tensor head = Tensors.zeros(2, 8); // the base has none: the models' mean
            for (int m = 0; m < 3; m++) {
                String name = "abc".substring(m, m + 1);
                expected = Tensors.add(expected, weight(name, QUERY).sub(base), mean[m]);
                head = Tensors.add(head, weight(name, "classifier.weight"), mean[m] / 1.2);
            }
            assertTensor(weight("out/merged-0", QUERY)).isCloseTo(expected, 1e-5, 1e-6);
            assertTensor(weight("out/merged-0", "classifier.weight")).isCloseTo(head, 1e-5, 1e-6);
        }
    }

    /** What was fitted to all of them holds for each of them when it comes alone. */
    @Test
    void aTextOfAStreamIsTreatedAsTheReferenceWas() {
        dawin("a", "b", "--clusters", "2");
        ObjectNode among = lines("out/coefficients.jsonl").get(2);
        sandbox.write("one.csv", "text\n\"" + TEXTS.get(2) + "\"\n");
        dawin("a", "b", "--clusters", "2", "--input", path("one.csv"), "--reference", path("rows.csv"), "--overwrite");
        ObjectNode alone = lines("out/coefficients.jsonl").get(0);
        assertThat(number(alone, "/coefficients/1")).isCloseTo(number(among, "/coefficients/1"), Offset.offset(1e-6));
        assertThat(alone.path("cluster")).isEqualTo(among.path("cluster"));
        assertThat(sandbox.read("out/dawin.json")).contains("frozen for the answered rows");
    }

    /** The highest likelihood of the labels, within what another temperature reaches. */
    @Test
    void temperaturesAreFittedToRowsHeldOut() {
        dawin("a", "b", "--temperature", "fit", "--dev", path("rows.csv"));
        ObjectNode figures = Configs.json(sandbox.read("out/dawin.json"), "figures");
        double fitted = number(figures, "/models/0/temperature");
        assertThat(loss("a", fitted)).isLessThanOrEqualTo(loss("a", fitted * 1.05) + 1e-9);
        assertThat(loss("a", fitted)).isLessThanOrEqualTo(loss("a", fitted / 1.05) + 1e-9);
        assertThat(number(figures, "/settings/temperatures/0")).isEqualTo(fitted);
    }

    private double loss(String model, double temperature) {
        double loss = 0;
        double[][] logits = logits(model);
        for (int row = 0; row < logits.length; row++) {
            double[] l = logits[row];
            double other = (l[1 - row % 2] - l[row % 2]) / temperature;
            loss += Math.log1p(Math.exp(other));
        }
        return loss;
    }

    /** Like {@link Sandbox#classifier}, but sure of what it says, and of its own opinion. */
    private void model(String name, int seed) {
        sandbox.classifier(name);
        try (var scope = Scope.open()) {
            Map<String, Tensor> weights =
                    new LinkedHashMap<>(Architectures.of(Configs.json(sandbox.read(name + "/config.json"), "config"))
                            .initialize(new Seed(seed).generator()));
            weights.replaceAll((tensor, value) -> value.dim() < 2 ? value : Tensors.times(value, 20));
            sandbox.weights(name + "/model.safetensors", weights);
        }
    }

    private String path(String name) {
        return sandbox.path(name).toString();
    }

    private Ran dawin(String a, String b, String... more) {
        Ran ran = Ran.cw(sandbox.dawin(a, b, more).toArray(String[]::new));
        assertThat(ran.status()).as(ran.err()).isZero();
        return ran;
    }

    private double[][] logits(String model) {
        Path file = root.resolve(model + ".logits.safetensors");
        Ran ran = Ran.cw("predict", path(model), "--input", path("rows.csv"), "--output", file.toString());
        assertThat(ran.status()).as(ran.err()).isZero();
        try (var scope = Scope.open();
                SafetensorsFile read = SafetensorsFile.open(file)) {
            double[] all = Tensors.toDoubles(read.tensor("logits"));
            double[][] rows = new double[all.length / 2][];
            for (int row = 0; row < rows.length; row++) {
                rows[row] = new double[] {all[2 * row], all[2 * row + 1]};
            }
            return rows;
        }
    }

    private double[] entropies(String model) {
        double[][] logits = logits(model);
        double[] entropies = new double[logits.length];
        for (int row = 0; row < logits.length; row++) {
            double p = 1 / (1 + Math.exp(logits[row][1] - logits[row][0]));
            entropies[row] = -p * Math.log(p) - (1 - p) * Math.log(1 - p);
        }
        return entropies;
    }

    private List<ObjectNode> lines(String name) {
        return sandbox.read(name).lines().map(line -> Configs.json(line, name)).toList();
    }

    private static double number(ObjectNode json, String at) {
        assertThat(json.at(at).isNumber()).as(at + " of " + json).isTrue();
        return json.at(at).asDouble();
    }

    private Tensor weight(String model, String name) {
        try (SafetensorsFile file = SafetensorsFile.open(root.resolve(model).resolve("model.safetensors"))) {
            return file.tensor(name).clone();
        }
    }
}
