package org.counterweight.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.Configs;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.weights.SafetensorsFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Graphs through {@code cw run} and {@code cw predict}. */
class NodeRunsTest {
    private static final String RECIPE = """
        task: node_classification
        model: {architecture: {type: graphsage, hidden: [8, 4], dropout: 0.0}}
        data: {train: "%1$s/source", symmetrize: sum}
        train: {epochs: 40, lr: 2e-2, weight_decay: 0.0, precision: float32, keep_best: false}
        output: {directory: "%1$s/out"}
        """;
    private static final String REWEIGH = "reweigh_edges={lambda: 1.0, start_epoch: 10, freq: 10}";

    @TempDir
    private Path root;

    @BeforeEach
    void write() throws IOException {
        graph("source", 1, 0.02, true);
        graph("target", 2, 0.1, true);
        graph("bare", 2, 0.1, false);
    }

    /** Two classes that their features and their neighbours tell. */
    private void graph(String name, long seed, double between, boolean isLabelled) throws IOException {
        SplittableRandom random = new Seed(seed).random();
        var nodes = new StringBuilder(isLabelled ? "id,label,x,y\n" : "id,x,y\n");
        var edges = new StringBuilder("source,target\n");
        for (int i = 0; i < 60; i++) {
            boolean isRed = i % 2 == 0;
            nodes.append("n").append(i);
            if (isLabelled) {
                nodes.append(isRed ? ",red" : ",blue");
            }
            nodes.append(',')
                    .append((isRed ? 1 : -1) + random.nextGaussian())
                    .append(',')
                    .append(random.nextGaussian())
                    .append('\n');
            for (int j = 0; j < i; j++) {
                if (random.nextDouble() < (i % 2 == j % 2 ? 0.15 : between)) {
                    edges.append("n").append(i).append(",n").append(j).append('\n');
                }
            }
        }
        Files.createDirectories(root.resolve(name));
        Files.writeString(root.resolve(name).resolve("nodes.csv"), nodes.toString());
        Files.writeString(root.resolve(name).resolve("edges.csv"), edges.toString());
    }

    private Ran run(String... settings) throws IOException {
        Path recipe = root.resolve("recipe.yaml");
        Files.writeString(recipe, RECIPE.formatted(root.toString().replace('\\', '/')));
        Ran ran = Ran.cw(Stream.concat(
                        Stream.of("run", recipe.toString()), Stream.of(settings).flatMap(s -> Stream.of("--set", s)))
                .toArray(String[]::new));
        assertThat(ran.status()).as(ran.err()).isZero();
        return ran;
    }

    private String target(String name) {
        return "data.target=" + root.resolve(name).toString().replace('\\', '/');
    }

    private static List<JsonNode> lines(String text) {
        return text.lines()
                .map(Configs.JSON::readTree)
                .map(JsonNode.class::cast)
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"graphsage", "gcn", "gin"})
    void everyKindOfNetworkLearnsAndIsAsked(String type) throws IOException {
        Ran ran = run("model.architecture={type: " + type + ", hidden: [8, 4], head: [6], norm: batch, dropout: 0.1}");
        assertThat(ran.err()).contains("60 nodes", "in both directions", "42 rows to learn from");
        assertThat(ran.out()).contains("majority class", "trained");
        JsonNode result = Configs.read(root.resolve("out/result.json"));
        assertThat(result.at("/test/accuracy").asDouble()).isGreaterThan(0.7);
        List<JsonNode> judged = lines(Files.readString(root.resolve("out/predictions.jsonl")));
        assertThat(judged).hasSize(12).allMatch(line -> line.has("truth"));
        judged.forEach(line -> ((ObjectNode) line).remove(List.of("truth", "loss")));
        Ran asked = Ran.cw(
                "predict",
                root.resolve("out/merged").toString(),
                "--input",
                root.resolve("source").toString());
        assertThat(asked.status()).as(asked.err()).isZero();
        assertThat(lines(asked.out())).hasSize(60).containsAll(judged);
        assertThat(Files.readString(root.resolve("out/report.html"))).contains("nodes");
    }

    @Test
    void theTargetIsToldNodeByNodeAndItsLinksAreShown() throws IOException {
        Ran ran = run(target("target"), REWEIGH);
        assertThat(ran.err()).contains("edges are weighed by the target's links from epoch 10 on, every 10 epochs");
        List<JsonNode> told = lines(Files.readString(root.resolve("out/predictions.jsonl")));
        assertThat(told)
                .hasSize(60)
                .allSatisfy(line -> assertThat(line.get("label").asString()).isIn("red", "blue"));
        assertThat(told.get(3).get("id").asString()).isEqualTo("n3");
        assertThat(Files.readString(root.resolve("out/report.html")))
                .contains("How much more often the target links classes", "When edges were weighed");
        JsonNode kept = Configs.read(root.resolve("out/strurw.json"));
        assertThat(kept.get("updates")).hasSize(3);
        try (var scope = Scope.open();
                var file = SafetensorsFile.open(root.resolve("out/strurw.safetensors"))) {
            Map<String, Tensor> tensors = file.all();
            assertThat(tensors).containsKeys("ratio", "src_prob", "tgt_prob", "edge_weight");
        }
        Ran asked = Ran.cw(
                "predict",
                root.resolve("out/merged").toString(),
                "--input",
                root.resolve("target").toString());
        assertThat(lines(asked.out())).isEqualTo(told);
    }

    /** Labels of the target judge, and nothing else. */
    @Test
    void aTargetWithoutLabelsGivesTheSameModel() throws IOException {
        run(target("target"), REWEIGH);
        byte[] first = Files.readAllBytes(root.resolve("out/merged/model.safetensors"));
        String told = Files.readString(root.resolve("out/predictions.jsonl"));
        Ran ran = run(target("bare"), REWEIGH, "output.directory=" + root.resolve("out2"), "data.test_share=0.2");
        assertThat(ran.err())
                .contains("no node of the target has a label: the result is judged by nodes of the source");
        assertThat(first).isNotEmpty();
        assertThat(told.lines()).hasSize(60);
        graph("target", 2, 0.1, true);
        List<String> nodes = new ArrayList<>(Files.readAllLines(root.resolve("target/nodes.csv")));
        nodes.replaceAll(line ->
                line.replace(",red,", ",RED,").replace(",blue,", ",red,").replace(",RED,", ",blue,"));
        Files.write(root.resolve("target/nodes.csv"), nodes);
        run(target("target"), REWEIGH, "output.directory=" + root.resolve("out3"));
        assertThat(Files.readString(root.resolve("out3/predictions.jsonl"))).isEqualTo(told);
    }

    @ParameterizedTest
    @CsvSource({"dann,target", "cdan,source", "mmd,source", "mixup,source"})
    void domainsAreBroughtTogether(String alignment, String chooseBy) throws IOException {
        run(
                target("target"),
                "reweigh_edges={alignment: " + alignment + ", start_epoch: 5}",
                "data.choose_by=" + chooseBy,
                "train.epochs=12");
        try (var scope = Scope.open();
                var file = SafetensorsFile.open(root.resolve("out/merged/model.safetensors"))) {
            assertThat(file.all().keySet())
                    .as("the discriminator is no part of the model")
                    .noneMatch(name -> name.startsWith("domain."));
        }
    }

    @Test
    void neighboursAreSampledForLargeGraphs() throws IOException {
        Ran ran = run(
                target("target"),
                "data.neighbours=[3, 3]",
                "data.choose_by=source",
                "train.keep_best=true",
                "train.batch_size=16",
                "train.epochs=15",
                "reweigh_edges={lambda: 1.0, start_epoch: 3, freq: 4, alignment: dann}");
        assertThat(ran.err()).contains(" on: until then edges are not weighed");
        assertThat(Configs.read(root.resolve("out/result.json"))
                        .at("/test/accuracy")
                        .asDouble())
                .isGreaterThan(0.6);
    }

    /** A trained network learns on, and an adapter stands on it. */
    @Test
    void aTrainedNetworkLearnsOn() throws IOException {
        run();
        String model = root.resolve("out/merged").toString().replace('\\', '/');
        Ran ran = run(
                "model={name: \"" + model + "\"}",
                "adapter={method: lora, r: 2, targets: [lin]}",
                "train.epochs=3",
                "output.directory=" + root.resolve("on"));
        assertThat(ran.out()).contains("frozen model", "lora");
    }
}
