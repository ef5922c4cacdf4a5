package org.counterweight.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.Configs;
import org.counterweight.engine.Scope;
import org.counterweight.weights.SafetensorsFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

/** A classifier of texts with a long tail, balanced by its recipe's {@code balance}. */
class BalanceRunTest {
    @TempDir
    private Path root;

    private Sandbox sandbox;

    @BeforeEach
    void writeALongTail() {
        sandbox = Sandbox.in(root);
        sandbox.write(
                "texts.csv",
                "text,label\n" + "the cat sat,animal\n".repeat(60) + "a tree grew,plant\n".repeat(20)
                        + "a cat grew,growth\n".repeat(10));
    }

    private void recipe(String balance, String more) {
        sandbox.write("recipe.yaml", """
                model: {name: "%1$s/model"}
                data: {train: "%1$s/texts.csv", max_length: 16, dev_share: 0.2, test_share: 0.2}
                %3$s
                balance: %2$s
                train: {epochs: 3, batch_size: 8, lr: 1e-2, precision: float32, metrics: [balanced_accuracy]}
                output: {directory: "%1$s/out", baseline: false}
                """.formatted(root.toString().replace('\\', '/'), balance, more));
    }

    private Ran succeeds(List<String> words) {
        Ran ran = Ran.cw(words.toArray(String[]::new));
        assertThat(ran.status()).as(ran.err()).isZero();
        return ran;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | '' | second stage, epoch",
                "{second: null, etf: {}, feature_decay: 1e-2, adjust: {mode: additive}} | '' | logits adjusted, tau",
                "{adjust: {mode: multiplicative}, one_vs_one: 0.7} | 'adapter: {method: lora, r: 2, targets: [query]}' |"
                        + " logits adjusted, tau"
            })
    void whatWasDoneIsToldAndThePlainHeadIsWritten(String balance, String more, String step) throws IOException {
        recipe(balance, more);
        Ran ran = succeeds(sandbox.run());
        assertThat(ran.err()).contains("balancing 3 classes of ");
        ObjectNode figures = Configs.read(root.resolve("out/balance.json"));
        assertThat(figures.path("accuracy").get(0).path("after").asString()).isEqualTo("first stage");
        assertThat(figures.path("accuracy").toString()).contains(step);
        assertThat(figures.path("classes").size()).isEqualTo(3);
        assertThat(figures.at("/features/rows learnt from, before/fisher_ratio").isNumber())
                .isTrue();
        assertThat(Files.readString(root.resolve("out/report.html")))
                .contains(
                        "Classes with many and with few rows",
                        "Rows of the head against rows of the data",
                        "What the features look like",
                        step);
        double last = figures.path("accuracy")
                .get(
                        balance.contains("one_vs_one")
                                ? figures.path("accuracy").size() - 2
                                : figures.path("accuracy").size() - 1)
                .at("/judged/balanced_accuracy")
                .asDouble();
        assertThat(Configs.read(root.resolve("out/result.json"))
                        .at("/test/balanced_accuracy")
                        .asDouble())
                .as("the written model is the last of them")
                .isEqualTo(last);
        assertThat(succeeds(sandbox.predict("out/merged")).out()).contains("\"label\"");
        assertThat(Ran.cw("inspect", root.resolve("out/merged").toString()).out())
                .contains(more.isEmpty() ? "weight_balancing" : "lora");
    }

    @Test
    void anotherProcessGivesTheSameLogitsToTheLastBit() throws IOException, InterruptedException {
        recipe("{}", "");
        succeeds(sandbox.run());
        succeeds(sandbox.predict("out/merged", "--output", root.resolve("here.safetensors") + ""));
        Process process = KilledRunTest.java(
                        Cw.class,
                        List.of(),
                        sandbox.predict("out/merged", "--output", root.resolve("there.safetensors") + ""))
                .inheritIO()
                .start();
        assertThat(process.waitFor()).isZero();
        try (var scope = Scope.open()) {
            assertTensor(logits("there")).isEqualTo(logits("here"));
        }
    }

    @Test
    void aRowCountsAsOftenAsItWeighs() throws IOException {
        String rows = Files.readString(root.resolve("texts.csv"));
        sandbox.write(
                "texts.csv",
                rows.replace("text,label\n", "text,label,times\n")
                        .replace(",animal\n", ",animal,0.5\n")
                        .replace(",plant\n", ",plant,3\n")
                        .replace(",growth\n", ",growth,2\n"));
        recipe("{}", "weigh: {method: column}");
        sandbox.write(
                "recipe.yaml",
                Files.readString(root.resolve("recipe.yaml"))
                        .replace("max_length: 16,", "max_length: 16, columns: {weight: times},"));
        succeeds(sandbox.run());
        List<String> classes = Configs.read(root.resolve("out/balance.json"))
                .path("classes")
                .valueStream()
                .map(one ->
                        one.path("label").asString() + " " + one.path("rows").asDouble())
                .toList();
        assertThat(classes).containsExactly("animal 18.0", "growth 12.0", "plant 36.0");
    }

    private Tensor logits(String file) {
        try (SafetensorsFile logits = SafetensorsFile.open(root.resolve(file + ".safetensors"))) {
            return logits.tensor("logits").clone();
        }
    }
}
