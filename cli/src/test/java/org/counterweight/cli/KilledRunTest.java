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
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.counterweight.config.Configs;
import org.counterweight.engine.Engine;
import org.counterweight.engine.Scope;
import org.counterweight.weights.ModelDirectory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code cw run} is killed in mid-training, without a chance to tidy up; {@code --resume} ends as an unbroken run does. */
class KilledRunTest {
    private static final String LAST_WORDS = "step 14, held out";

    @TempDir
    private Path root;

    /** The process that ends: {@code cw} with the given words, which tells when step 14 is done and, to be killed, waits. */
    public static void main(String[] words) {
        Writer err = new Writer() {
            @Override
            public void write(char[] text, int from, int length) {
                String said = new String(text, from, length);
                boolean goesOn = Boolean.getBoolean("go.on");
                if (goesOn) {
                    System.err.print(said);
                }
                if (said.contains(System.getProperty("last.words", LAST_WORDS))) {
                    System.out.println("now");
                    if (!goesOn) {
                        waitForTheEnd();
                    }
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
        "'full', 'balance: {adjust: {mode: additive}}'",
        "'lora, r: 2, targets: [query]', 'weigh: {method: loss_reweighting, r: 1.0}'",
        "'adalora, init_r: 3, target_r: 1, tinit: 2, tfinal: 4, targets: [query, value]', ''",
        "'sorsa, r: 2, targets: [query, value]', ''",
        "'', 'reparametrize: {method: weight_norm, mean_only_bn: true}'",
        "'', 'reparametrize: {method: weight_norm, mode: optimizer}'",
        "'', 'reparametrize: {method: weight_compander, learn_ab: true}'"
    })
    void aKilledRunEndsWithTheSameNumbers(String adapter, String more) throws IOException, InterruptedException {
        Sandbox sandbox = Sandbox.in(root);
        sandbox.write("recipe.yaml", """
                threads: 1
                model: {name: "%1$s/model"}
                data: {train: "%1$s/texts.csv", max_length: 16}
                %2$s
                train: {max_steps: 24, batch_size: 8, lr: 1e-2, precision: float32, eval_every: 7, checkpoint_every: 5}
                %3$s
                """.formatted(
                        root.toString().replace('\\', '/'),
                        adapter.isEmpty() ? "" : "adapter: {method: " + adapter + "}",
                        more));
        int threads = Engine.threads();
        try {
            succeeds(sandbox, "whole");
            kill(sandbox.run("--output", root.resolve("broken").toString()));
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
        sameWeights(root.resolve("whole/merged"), root.resolve("broken/merged"));
        if (more.startsWith("balance")) {
            assertThat(Configs.read(root.resolve("broken/balance.json")))
                    .isEqualTo(Configs.read(root.resolve("whole/balance.json")));
        }
        if (more.startsWith("stock")) {
            assertThat(Configs.read(root.resolve("broken/model_stock.json")))
                    .isEqualTo(Configs.read(root.resolve("whole/model_stock.json")));
        }
    }

    /** What was drawn for the report before the break is in it too, and what comes after is the same to the bit. */
    @Test
    void aKilledNetworkThatTellsNoiseGoesOnWhereItWas() throws IOException, InterruptedException {
        Sandbox sandbox = Sandbox.in(root);
        Pictures.idx(sandbox, "train", 30);
        sandbox.write("recipe.yaml", """
                task: diffusion
                threads: 1
                model: {architecture: {type: unet, width: 8, multipliers: [1, 2], heads: 2, dropout: 0.1}}
                data: {train: "%s/train-images.idx"}
                train: {max_steps: 24, batch_size: 8, lr: 1e-2, precision: float32, eval_every: 7, checkpoint_every: 5,
                        average: {kind: ema, decay: 0.9}}
                """.formatted(root.toString().replace('\\', '/')));
        int threads = Engine.threads();
        try {
            succeeds(sandbox, "whole");
            kill(sandbox.run("--output", root.resolve("broken").toString()));
            assertThat(succeeds(sandbox, "broken", "--resume").err()).contains("resumed after step 10");
        } finally {
            Engine.setThreads(threads);
        }
        assertThat(Configs.read(root.resolve("broken/result.json")).get("test"))
                .isEqualTo(Configs.read(root.resolve("whole/result.json")).get("test"));
        sameWeights(root.resolve("whole/merged"), root.resolve("broken/merged"));
        assertThat(pictures(root.resolve("broken/report.html")))
                .hasSizeGreaterThan(2)
                .isEqualTo(pictures(root.resolve("whole/report.html")));
    }

    /** In the middle of the second of three tasks, whose first has been told already. */
    @Test
    void aKilledSequenceOfTasksGoesOnWhereItWas() throws IOException, InterruptedException {
        Sandbox sandbox = new Sandbox(root);
        Pictures.corners(sandbox, "pictures", 24);
        sandbox.write("recipe.yaml", """
                task: image_classification
                threads: 1
                model: {architecture: {type: convnet, width: 4, depth: 1}}
                data: {train: "%s/pictures", size: 8, grey: true}
                grow: {tasks: 3, base: 2, learn: {memory: {per_class: 4}}}
                train: {epochs: 60, batch_size: 8, lr: 0.05, precision: float32, checkpoint_every: 3,
                        optimizer: {name: sgd, momentum: 0.9}}
                """.formatted(root.toString().replace('\\', '/')));
        int threads = Engine.threads();
        try {
            assertThat(grow("whole").status()).isZero();
            Process process = java(
                            Cw.class,
                            List.of(),
                            List.of("grow", root.resolve("recipe.yaml") + "", "--output", root.resolve("broken") + ""))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try {
                while (!Files.exists(root.resolve("broken/task-1.safetensors"))) {
                    assertThat(process.isAlive()).as("in its second task").isTrue();
                    Thread.sleep(2);
                }
            } finally {
                process.destroyForcibly().waitFor(); // SIGKILL
            }
            assertThat(root.resolve("broken/sequence.json")).doesNotExist();
            assertThat(grow("broken", "--resume").status()).isZero();
        } finally {
            Engine.setThreads(threads);
        }
        assertThat(Configs.read(root.resolve("broken/sequence.json")))
                .isEqualTo(Configs.read(root.resolve("whole/sequence.json")));
        sameWeights(root.resolve("whole/merged"), root.resolve("broken/merged"));
    }

    private Ran grow(String output, String... more) {
        var words = new ArrayList<>(
                List.of("grow", root.resolve("recipe.yaml") + "", "--output", root.resolve(output) + ""));
        words.addAll(List.of(more));
        return Ran.cw(words.toArray(String[]::new));
    }

    private static List<String> pictures(Path report) throws IOException {
        return Pattern.compile("data:image/png;base64,[^\"]+")
                .matcher(Files.readString(report))
                .results()
                .map(MatchResult::group)
                .toList();
    }

    static void sameWeights(Path one, Path other) {
        try (var scope = Scope.open();
                ModelDirectory whole = ModelDirectory.open(one);
                ModelDirectory broken = ModelDirectory.open(other)) {
            assertThat(broken.tensors().keySet()).isEqualTo(whole.tensors().keySet());
            for (String name : whole.tensors().keySet()) {
                assertTensor(broken.tensor(name)).as(name).isEqualTo(whole.tensor(name));
            }
        }
    }

    static Ran succeeds(Sandbox sandbox, String output, String... more) {
        var words = new ArrayList<>(sandbox.run(more));
        words.addAll(List.of("--output", sandbox.path(output).toString()));
        Ran ran = Ran.cw(words.toArray(String[]::new));
        assertThat(ran.status()).as(ran.err()).isZero();
        return ran;
    }

    @Test
    void anInterruptedRunTellsHowItGoesOn() throws IOException, InterruptedException {
        Sandbox sandbox = Sandbox.in(root);
        Path said = root.resolve("said.txt");
        Process process = begin(
                List.of("-Dgo.on=true"),
                ProcessBuilder.Redirect.to(said.toFile()),
                sandbox.spoil("recipe.yaml", "epochs: 1", "max_steps: 10000000\n  eval_every: 7")
                        .run("--output", root.resolve("out").toString()));
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            assertThat(lines.readLine()).as("the process came to step 14").isEqualTo("now");
            if (!process.supportsNormalTermination()) {
                return; // on Windows nobody can be asked to end
            }
            process.destroy(); // SIGTERM, which Java takes as it takes Ctrl-C's SIGINT
            process.waitFor();
        } finally {
            process.destroyForcibly();
        }
        assertThat(process.exitValue()).isEqualTo(128 + 15);
        assertThat(Files.readString(said))
                .contains("Stopped, with a checkpoint in " + root.resolve("out") + "; go on with --resume");
        try (Stream<Path> files = Files.list(root.resolve("out"))) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("checkpoint.safetensors", "metrics.jsonl", "recipe.yaml");
        }
    }

    /** Runs {@code cw} in a process that is killed when step 14 is done. */
    static void kill(List<String> words) throws IOException, InterruptedException {
        Process process = begin(List.of(), ProcessBuilder.Redirect.INHERIT, words);
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            assertThat(lines.readLine()).as("the process came to step 14").isEqualTo("now");
            process.destroyForcibly(); // SIGKILL
            process.waitFor();
        } finally {
            process.destroyForcibly();
        }
    }

    /** Kills it so many milliseconds after it said something, while it works on. */
    static void killAfter(String said, long milliseconds, List<String> words) throws IOException, InterruptedException {
        List<String> options = List.of("-Dgo.on=true", "-Dlast.words=" + said);
        Process process = begin(options, ProcessBuilder.Redirect.DISCARD, words);
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            assertThat(lines.readLine()).as("the process said " + said).isEqualTo("now");
            Thread.sleep(milliseconds);
            assertThat(process.isAlive()).isTrue();
        } finally {
            process.destroyForcibly().waitFor(); // SIGKILL
        }
    }

    private static Process begin(List<String> options, ProcessBuilder.Redirect err, List<String> words)
            throws IOException {
        return java(KilledRunTest.class, options, words).redirectError(err).start();
    }

    /** Another process like this one, with a main class of its own. */
    static ProcessBuilder java(Class<?> main, List<String> options, List<String> words) {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> argument.startsWith("-Dorg.bytedeco") || argument.startsWith("-Xmx"))
                .forEach(command::add);
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(words);
        return new ProcessBuilder(command);
    }
}
