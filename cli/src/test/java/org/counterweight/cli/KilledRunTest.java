package org.counterweight.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.counterweight.config.Configs;
import org.counterweight.engine.Engine;
import org.counterweight.engine.Scope;
import org.counterweight.weights.ModelDirectory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code cw run} is killed in mid-training, without a chance to tidy up; {@code --resume} ends as an unbroken run does. */
class KilledRunTest {
    private static final String LAST_WORDS = "step 14, held out";

    @TempDir
    private Path root;

    /** The process that is killed: {@code cw} with the given words, which stops and waits for it after step 14. */
    public static void main(String[] words) {
        Writer err = new Writer() {
            @Override
            public void write(char[] text, int from, int length) {
                if (new String(text, from, length).contains(LAST_WORDS)) {
                    System.out.println("now");
                    waitForTheEnd();
                }
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        System.exit(Cw.commandLine().setErr(new PrintWriter(err, true)).execute(words));
    }

    private static void waitForTheEnd() {
        try {
            System.in.read(); // nothing ever comes
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "'full', 'stock: {period: 7, merge: {granularity: row}}'",
        "'lora, r: 2, targets: [query]', 'weigh: {method: loss_reweighting, r: 1.0}'",
        "'adalora, init_r: 3, target_r: 1, tinit: 2, tfinal: 4, targets: [query, value]', ''",
        "'sorsa, r: 2, targets: [query, value]', ''"
    })
    void aKilledRunEndsWithTheSameNumbers(String adapter, String more) throws IOException, InterruptedException {
        Sandbox sandbox = Sandbox.in(root);
        sandbox.write("recipe.yaml", """
                threads: 1
                model: {name: "%1$s/model"}
                data: {train: "%1$s/texts.csv", max_length: 16}
                adapter: {method: %2$s}
                train: {max_steps: 24, batch_size: 8, lr: 1e-2, precision: float32, eval_every: 7, checkpoint_every: 5}
                %3$s
                """.formatted(root.toString().replace('\\', '/'), adapter, more));
        int threads = Engine.threads();
        try {
            succeeds(sandbox, "whole");
            kill(sandbox, "broken");
            assertThat(root.resolve("broken/checkpoint.safetensors")).exists();
            assertThat(root.resolve("broken/result.json")).doesNotExist();
            Ran resumed = succeeds(sandbox, "broken", "--resume");
            assertThat(resumed.err()).contains("resumed after step 10");
        } finally {
            Engine.setThreads(threads);
        }
        for (String figures : List.of("test", "frozen_baseline")) {
            assertThat(Configs.read(root.resolve("broken/result.json")).get(figures))
                    .isEqualTo(Configs.read(root.resolve("whole/result.json")).get(figures));
        }
        assertThat(Files.readAllLines(root.resolve("broken/metrics.jsonl")))
                .hasSameSizeAs(Files.readAllLines(root.resolve("whole/metrics.jsonl")));
        sameWeights("merged");
        if (more.startsWith("stock")) {
            assertThat(Configs.read(root.resolve("broken/model_stock.json")))
                    .isEqualTo(Configs.read(root.resolve("whole/model_stock.json")));
        }
    }

    private void sameWeights(String what) {
        try (var scope = Scope.open();
                ModelDirectory whole = ModelDirectory.open(root.resolve("whole").resolve(what));
                ModelDirectory broken =
                        ModelDirectory.open(root.resolve("broken").resolve(what))) {
            assertThat(broken.tensors().keySet()).isEqualTo(whole.tensors().keySet());
            for (String name : whole.tensors().keySet()) {
                assertTensor(broken.tensor(name)).as(name).isEqualTo(whole.tensor(name));
            }
        }
    }

    private Ran succeeds(Sandbox sandbox, String output, String... more) {
        var words = new ArrayList<>(sandbox.run(more));
        words.addAll(List.of("--output", root.resolve(output).toString()));
        Ran ran = Ran.cw(words.toArray(String[]::new));
        assertThat(ran.status()).as(ran.err()).isZero();
        return ran;
    }

    private void kill(Sandbox sandbox, String output) throws IOException, InterruptedException {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> argument.startsWith("-Dorg.bytedeco") || argument.startsWith("-Xmx"))
                .forEach(command::add);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), KilledRunTest.class.getName()));
        command.addAll(sandbox.run("--output", root.resolve(output).toString()));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            assertThat(lines.readLine()).as("the process came to step 14").isEqualTo("now");
            process.destroyForcibly(); // SIGKILL
            process.waitFor();
        } finally {
            process.destroyForcibly();
        }
    }
}
