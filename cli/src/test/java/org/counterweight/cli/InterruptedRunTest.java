package org.counterweight.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.counterweight.config.Configs;
import org.counterweight.engine.Engine;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.weights.SafetensorsFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/** {@code cw run} is asked to end, again and again and at awkward moments: what it says of it is what it did. */
class InterruptedRunTest {
    private static final String STOPPED = "Stopped, with a checkpoint in ";

    @TempDir
    private Path root;

    private Sandbox sandbox;

    /** A process that gets a signal, twice, when it has said certain words, and goes on when it has taken it. */
    static final class Asked extends PrintWriter {
        private final String words = System.getProperty("at");
        private final Signal signal = new Signal(System.getProperty("signal"));
        private final CountDownLatch taken = new CountDownLatch(2);

        private Asked() {
            super(System.err, true);
        }

        public static void main(String[] words) {
            System.exit(Cw.commandLine().setErr(new Asked()).execute(words));
        }

        @Override
        public void println(String line) {
            super.println(line);
            if (line.startsWith("Stopping") || line.startsWith("Still stopping")) {
                taken.countDown();
            } else if (line.contains(words) && taken.getCount() == 2) {
                spoil(System.getProperty("spoil"));
                Signal.raise(signal);
                Signal.raise(signal);
                waitUntilTaken();
            }
        }

        /** Puts a file where the run's directory is. */
        private static void spoil(String directory) {
            try {
                if (directory != null) {
                    Files.move(Path.of(directory), Path.of(directory + "-moved"));
                    Files.writeString(Path.of(directory), "");
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private void waitUntilTaken() {
            try {
                taken.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @BeforeEach
    void writeARecipe() {
        sandbox = Sandbox.in(root);
        sandbox.write("recipe.yaml", """
                threads: 1
                model: {name: "%1$s/model"}
                data: {train: "%1$s/texts.csv", max_length: 16}
                adapter: {method: adalora, init_r: 3, target_r: 1, tinit: 2, tfinal: 4, targets: [query, value]}
                weigh: {method: loss_reweighting, r: 1.0}
                train: {max_steps: 24, batch_size: 8, lr: 1e-2, precision: float32, eval_every: 6}
                """.formatted(root.toString().replace('\\', '/')));
    }

    @Test
    void everyInterruptionKeepsWhatWasDone() throws IOException, InterruptedException {
        assertThat(interrupted("broken", "evaluations count from step", "HUP")).contains(STOPPED);
        assertThat(step("broken")).as("asked before the first step").isZero();
        assertThat(interrupted("broken", "step 6, held out", "TERM", "--resume"))
                .contains("resumed after step 0", STOPPED);
        assertThat(step("broken")).isEqualTo(6);
        assertThat(interrupted("broken", "step 24, held out", "INT", "--resume"))
                .contains("resumed after step 6", STOPPED);
        assertThat(step("broken")).as("asked in the last step").isEqualTo(24);
        assertThat(interrupted("broken", "writing ", "TERM", "--resume"))
                .contains("resumed after step 24", "the results are whole")
                .doesNotContain(STOPPED);
        assertThat(root.resolve("broken/checkpoint.safetensors")).doesNotExist();

        int threads = Engine.threads();
        try {
            Ran whole = Ran.cw(words("whole").toArray(String[]::new));
            assertThat(whole.status()).as(whole.err()).isZero();
        } finally {
            Engine.setThreads(threads);
        }
        assertThat(Configs.read(root.resolve("broken/result.json")).get("test"))
                .isEqualTo(Configs.read(root.resolve("whole/result.json")).get("test"));
        assertThat(Files.readAllLines(root.resolve("broken/metrics.jsonl")))
                .hasSameSizeAs(Files.readAllLines(root.resolve("whole/metrics.jsonl")));
        KilledRunTest.sameWeights(root.resolve("whole/merged"), root.resolve("broken/merged"));
    }

    @Test
    void beforeThereIsAnythingToKeepNothingIsLeft() throws IOException, InterruptedException {
        assertThat(interrupted("out", "baseline, the frozen model", "INT")).doesNotContain("Stopp");
        assertThat(root.resolve("out")).doesNotExist();
    }

    @Test
    void aCheckpointThatCannotBeWrittenIsTold() throws IOException, InterruptedException {
        Path out = root.resolve("out");
        assertThat(ended(
                        1,
                        List.of("-Dat=step 6, held out", "-Dsignal=" + raisable("INT"), "-Dspoil=" + out),
                        words("out")))
                .contains("cw run: after step 6 no checkpoint could be written; there is none: " + out)
                .doesNotContain("Stopped");
    }

    /** What a process says that ends by a signal. */
    private String interrupted(String output, String at, String signal, String... more)
            throws IOException, InterruptedException {
        String raised = raisable(signal);
        int status = 128 + new Signal(raised).getNumber();
        return ended(status, List.of("-Dat=" + at, "-Dsignal=" + raised), words(output, more));
    }

    /** The signal, or one like it: what was started in the background of a shell ignores INT or HUP, and so do its children. */
    private static String raisable(String name) {
        var signal = new Signal(name);
        SignalHandler present = Signal.handle(signal, SignalHandler.SIG_DFL);
        if (present == SignalHandler.SIG_IGN) {
            return "TERM";
        }
        Signal.handle(signal, present);
        return name;
    }

    private String ended(int status, List<String> options, List<String> words)
            throws IOException, InterruptedException {
        Path said = root.resolve("said.txt");
        Process process = KilledRunTest.java(Asked.class, options, words)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(said.toFile())
                .start();
        try {
            assertThat(process.waitFor(2, TimeUnit.MINUTES))
                    .as(Files.readString(said))
                    .isTrue();
            assertThat(process.exitValue()).as(Files.readString(said)).isEqualTo(status);
        } finally {
            process.destroyForcibly();
        }
        return Files.readString(said);
    }

    private List<String> words(String output, String... more) {
        var words = new ArrayList<>(sandbox.run(more));
        words.addAll(List.of("--output", root.resolve(output).toString()));
        return words;
    }

    private long step(String output) {
        try (var scope = Scope.open();
                var checkpoint = SafetensorsFile.open(root.resolve(output).resolve("checkpoint.safetensors"))) {
            return Tensors.toLongs(checkpoint.tensor("at"))[0];
        }
    }
}
