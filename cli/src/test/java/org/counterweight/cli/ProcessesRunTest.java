package org.counterweight.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.counterweight.config.Configs;
import org.counterweight.engine.Scope;
import org.counterweight.weights.ModelDirectory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code cw run --processes}: Java machines of their own, that take each step together. */
class ProcessesRunTest {
    @TempDir
    private Path root;

    private Sandbox sandbox(String steps, String weigh) {
        Sandbox sandbox = Sandbox.in(root);
        sandbox.write("recipe.yaml", """
                threads: 2
                model: {name: "%1$s/model"}
                data: {train: "%1$s/texts.csv", max_length: 16}
                adapter: {method: lora, r: 2, targets: [query, value]}
                %2$s
                train: {%3$s, batch_size: 7, lr: 1e-2, precision: float32, clip: 0.5, checkpoint_every: 5}
                output: {baseline: false}
                """.formatted(root.toString().replace('\\', '/'), weigh, steps));
        return sandbox;
    }

    private String[] words(Sandbox sandbox, String output, String... more) {
        var words = new java.util.ArrayList<>(sandbox.run(more));
        words.addAll(List.of("--output", root.resolve(output).toString()));
        return words.toArray(String[]::new);
    }

    @Test
    void twoEndWhereOneDoes() {
        Sandbox sandbox = sandbox("max_steps: 12, eval_every: 4", "weigh: {method: loss_reweighting, r: 1.0}");
        Ran alone = Ran.cw(words(sandbox, "alone"));
        assertThat(alone.status()).as(alone.err()).isZero();
        Ran together = Ran.cw(words(sandbox, "together", "--processes", "2"));
        assertThat(together.status()).as(together.err()).isZero();
        assertThat(together.err()).contains("2 processes take each step together; threads of each: 1");
        try (var scope = Scope.open();
                ModelDirectory one = ModelDirectory.open(root.resolve("alone/merged"));
                ModelDirectory two = ModelDirectory.open(root.resolve("together/merged"))) {
            for (String name : one.tensors().keySet()) {
                assertTensor(two.tensor(name)).as(name).isCloseTo(one.tensor(name), 1e-4, 1e-5);
            }
        }
        assertThat(figure("together")).isCloseTo(figure("alone"), org.assertj.core.api.Assertions.within(1e-4));
        assertThat(root.resolve("together/effective.yaml")).content().contains("processes: 2", "threads: 2");
    }

    @Test
    void theExampleRunsToItsEnd() {
        Ran ran = Ran.cw(
                "run",
                "examples/processes.yaml",
                "--set",
                "train.epochs=2",
                "--output",
                root.resolve("example").toString());
        assertThat(ran.status()).as(ran.err()).isZero();
        assertThat(ran.err()).contains("2 processes take each step together");
    }

    private double figure(String run) {
        try {
            return Configs.read(root.resolve(run).resolve("result.json"))
                    .path("test")
                    .path("loss")
                    .asDouble();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** A companion is killed in the middle: the run says so, and goes on alone from where it stood. */
    @Test
    void aKilledProcessEndsTheRunWithACheckpoint() throws Exception {
        Sandbox sandbox = sandbox("max_steps: 2000", "");
        var run = CompletableFuture.supplyAsync(() -> Ran.cw(words(sandbox, "run", "--processes", "2")));
        Path checkpoint = root.resolve("run/checkpoint.safetensors");
        await(() -> Files.exists(checkpoint) || run.isDone());
        List<ProcessHandle> companions = ProcessHandle.current()
                .children()
                .filter(ProcessHandle::isAlive)
                .toList();
        assertThat(companions).as(run.isDone() ? run.get().err() : "").hasSize(1);
        companions.get(0).destroyForcibly();
        Ran ran = run.get(60, TimeUnit.SECONDS);
        assertThat(ran.status()).as(ran.err()).isEqualTo(1);
        assertThat(ran.err())
                .contains(
                        "process 1 of 2 has lost another",
                        "go on from it with --resume, in as many processes as you like",
                        "process 2 of 2 ended with status 137");
        assertThat(root.resolve("run/result.json")).doesNotExist();
        Ran resumed = Ran.cw(words(sandbox, "run", "--resume"));
        assertThat(resumed.status()).as(resumed.err()).isZero();
        assertThat(resumed.err()).contains("resumed after step");
    }

    /** Ctrl-C and its like reach the first, which ends the others at the end of a step. */
    @Test
    void anInterruptedRunEndsAllOfThem() throws Exception {
        Sandbox sandbox = sandbox("max_steps: 1000000", "");
        Process first = KilledRunTest.java(Cw.class, List.of(), List.of(words(sandbox, "run", "--processes", "2")))
                .redirectErrorStream(true)
                .redirectOutput(root.resolve("said.txt").toFile())
                .start();
        try {
            await(() -> Files.exists(root.resolve("run/checkpoint.safetensors")) || !first.isAlive());
            List<ProcessHandle> companions = first.toHandle().children().toList();
            assertThat(companions)
                    .as(Files.readString(root.resolve("said.txt")))
                    .hasSize(1);
            if (!first.supportsNormalTermination()) {
                return; // on Windows nobody can be asked to end
            }
            first.destroy();
            assertThat(first.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(first.exitValue()).isEqualTo(128 + 15);
            assertThat(Files.readString(root.resolve("said.txt"))).contains("go on with --resume");
            assertThat(companions.get(0).isAlive()).isFalse();
        } finally {
            first.destroyForcibly();
        }
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("after a minute").isLessThan(end);
            Thread.sleep(5);
        }
    }
}
