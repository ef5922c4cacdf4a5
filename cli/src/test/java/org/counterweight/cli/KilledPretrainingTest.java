package org.counterweight.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.counterweight.cli.KilledRunTest.kill;
import static org.counterweight.cli.KilledRunTest.sameWeights;
import static org.counterweight.cli.KilledRunTest.succeeds;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.counterweight.config.Configs;
import org.counterweight.engine.Engine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

/**
 * A language model from scratch is killed in the midst of an epoch and of a step's batches; {@code --resume} gives the loss curve
 * of an unbroken run, to the last digit that is printed.
 */
class KilledPretrainingTest {
    private static final Pattern OF_TIME = Pattern.compile(".*(second|time).*");
    private final int threads = Engine.threads();

    @TempDir
    private Path root;

    @AfterEach
    void putThreadsBack() {
        Engine.setThreads(threads);
    }

    @ParameterizedTest
    @ValueSource(strings = {"float32", "bf16"})
    void theLossCurveIsThatOfAnUnbrokenRun(String precision) throws IOException, InterruptedException {
        Sandbox sandbox = Sandbox.in(root);
        sandbox.write("recipe.yaml", """
                task: causal_lm
                threads: 1
                model: {name: examples/models/tiny-gpt, from_scratch: true}
                data:
                  train: examples/data/passages.csv
                  columns: {group: kind}
                  max_length: 32
                  document_masks: true
                weigh: {method: loss_reweighting, r: 1.0}
                train:
                  max_steps: 24
                  batch_size: 2
                  accumulation: 3
                  weighed: step
                  precision: %s
                  lr: 2e-3
                  schedule: {shape: wsd, decay: 0.2}
                  sampler: {kind: domains, weights: {recipe: 1, weather: 1}}
                  eval_every: 7
                  checkpoint_every: 5
                """.formatted(precision));
        succeeds(sandbox, "whole");
        kill(sandbox.run("--output", root.resolve("broken").toString()));
        assertThat(succeeds(sandbox, "broken", "--resume").err()).contains("resumed after step 10");
        assertThat(curve("broken")).hasSizeGreaterThan(24).isEqualTo(curve("whole"));
        sameWeights(root.resolve("whole/merged"), root.resolve("broken/merged"));
    }

    private List<ObjectNode> curve(String run) throws IOException {
        return Files.readAllLines(root.resolve(run).resolve("metrics.jsonl")).stream()
                .map(line -> Configs.json(line, run))
                .map(line -> {
                    line.propertyNames().stream()
                            .filter(key -> OF_TIME.matcher(key).matches())
                            .toList()
                            .forEach(line::remove);
                    return line;
                })
                .toList();
    }
}
