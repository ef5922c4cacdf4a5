package org.counterweight.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.counterweight.config.Configs;
import org.counterweight.engine.Engine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** A language model's training is killed, and gone on with. */
class KilledPretrainingTest {
    @TempDir
    private Path root;

    /** In the middle of an epoch, three batches a step, two domains in shards: the losses are the same to the last digit. */
    @ParameterizedTest
    @ValueSource(strings = {"float32", "bf16"})
    void aKilledPretrainingGivesTheSameCurve(String precision) throws IOException, InterruptedException {
        Sandbox sandbox = Sandbox.in(root).decoder("g");
        sandbox.write("domains.jsonl", documents(60));
        sandbox.write("recipe.yaml", """
            task: causal_lm
            threads: 1
            model: {name: "%1$s/g", from_scratch: true}
            data: {train: "%1$s/domains.jsonl", max_length: 12, columns: {group: kind}, document_masks: true,
                   shards: "%1$s/shards"}
            weigh: {method: loss_reweighting, r: 1.0}
            train: {max_steps: 24, batch_size: 4, accumulation: 3, weighed: step, lr: 1e-2, precision: %2$s,
                    eval_every: 7, checkpoint_every: 5, schedule: {shape: wsd}, sampler: {kind: domains,
                    weights: {cats: 1, trees: 2}}}
            """.formatted(root.toString().replace('\\', '/'), precision));
        int threads = Engine.threads();
        try {
            Ran whole = KilledRunTest.succeeds(sandbox, "whole");
            assertThat(whole.err())
                    .contains("tokens/s", "loss-cats", "loss-trees")
                    .doesNotContain("fewer than 8");
            KilledRunTest.kill(sandbox.run("--output", sandbox.path("broken").toString()));
            Ran resumed = KilledRunTest.succeeds(sandbox, "broken", "--resume");
            assertThat(resumed.err())
                    .contains("resumed after step 10", "has the tokens of these texts, which are used again");
        } finally {
            Engine.setThreads(threads);
        }
        assertThat(curve("broken")).hasSize(27).isEqualTo(curve("whole"));
        JsonNode test = Configs.read(root.resolve("broken/result.json")).get("test");
        assertThat(test)
                .isEqualTo(Configs.read(root.resolve("whole/result.json")).get("test"));
        assertThat(test.get("loss_cats").asDouble()).isPositive();
        assertThat(Files.readString(root.resolve("whole/report.html"))).contains("Loss by domain");
        KilledRunTest.sameWeights(root.resolve("whole/merged"), root.resolve("broken/merged"));
    }

    /** A step takes a hundred batches, twice each, and next to nothing else: among them the kill falls. */
    @Test
    void killedAmongTheBatchesOfAStepItGivesTheSameCurve() throws IOException, InterruptedException {
        Sandbox sandbox = Sandbox.in(root).decoder("g");
        sandbox.write("domains.jsonl", documents(500));
        sandbox.write("recipe.yaml", """
            task: causal_lm
            threads: 1
            model: {name: "%1$s/g", from_scratch: true}
            data: {train: "%1$s/domains.jsonl", max_length: 12, dev_share: 0.02, test_share: 0.02}
            weigh: {method: loss_reweighting, r: 1.0}
            train: {max_steps: 6, batch_size: 1, accumulation: 100, weighed: step, lr: 1e-2, precision: float32,
                    eval_every: 1, checkpoint_every: 1}
            """.formatted(root.toString().replace('\\', '/')));
        int threads = Engine.threads();
        try {
            KilledRunTest.succeeds(sandbox, "whole");
            KilledRunTest.killAfter(
                    "step 2, held out",
                    20,
                    sandbox.run("--output", sandbox.path("broken").toString()));
            assertThat(curve("broken"))
                    .anyMatch(line -> line.contains("\"step\":2"))
                    .noneMatch(line -> line.contains("\"step\":6"));
            assertThat(KilledRunTest.succeeds(sandbox, "broken", "--resume").err())
                    .contains("resumed after step");
        } finally {
            Engine.setThreads(threads);
        }
        assertThat(curve("broken")).hasSize(12).isEqualTo(curve("whole"));
        KilledRunTest.sameWeights(root.resolve("whole/merged"), root.resolve("broken/merged"));
    }

    private static String documents(int count) {
        var lines = new StringBuilder();
        for (int i = 0; i < count; i++) {
            String text = i % 3 == 0 ? "a tree grew " + i : "the cat sat, the cat ran " + "on ".repeat(i % 5);
            lines.append("{\"text\": \"")
                    .append(text)
                    .append("\", \"kind\": \"")
                    .append(i % 3 == 0 ? "trees" : "cats")
                    .append("\"}\n");
        }
        return lines.toString();
    }

    /** All that is told of each step and evaluation but how long it took. */
    private List<String> curve(String output) throws IOException {
        return Files.readAllLines(root.resolve(output).resolve("metrics.jsonl")).stream()
                .map(line -> Configs.json(line, "metrics"))
                .map(line -> {
                    line.remove("rows_per_second");
                    return line.toString();
                })
                .toList();
    }
}
