package org.counterweight.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.counterweight.data.BatchSource;
import org.counterweight.engine.Engine;
import org.counterweight.engine.Scope;
import org.counterweight.model.Params;
import org.counterweight.train.measure.Evaluator;
import org.counterweight.train.objective.CrossEntropy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process is killed in mid-training, without a chance to tidy up; the resumed run ends as an unbroken one. */
class KillTest {
    private static final TrainConfig CONFIG = TrainConfig.of(
            "{epochs: 6, lr: 0.05, eval_every: 4, checkpoint_every: 5, best_by: accuracy, precision: float32}");

    @TempDir
    Path directory;

    private static Task task(Params params) {
        Tiny model = Tiny.model();
        var objective = new CrossEntropy(0);
        return Task.of(model, params, BatchSource.of(model.batches(1, 7, 8)), objective)
                .evaluatedBy(Evaluator.of(BatchSource.of(model.batches(2, 2, 32)), objective, List.of()));
    }

    /** The process that is killed: it says what it has done, line by line, and waits to be killed after step 23. */
    public static void main(String[] arguments) throws IOException {
        Engine.setThreads(1);
        try (var scope = Scope.open();
                var trainer = new Trainer(
                        task(Tiny.model().params(5)),
                        CONFIG,
                        new TrainingListener() {
                            @Override
                            public void stepped(StepReport report) {
                                System.out.println("step " + report.step());
                                if (report.step() == 23) {
                                    waitForTheEnd();
                                }
                            }
                        },
                        Path.of(arguments[0]))) {
            trainer.run();
        }
    }

    private static void waitForTheEnd() {
        try {
            System.in.read(); // nothing ever comes
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void aKilledRunEndsWithTheSameBits() throws IOException, InterruptedException {
        Path file = directory.resolve("checkpoint.safetensors");
        killAfterStep23(file);
        int threads = Engine.threads();
        Engine.setThreads(1);
        try (var scope = Scope.open()) {
            Params whole = Tiny.model().params(5);
            TrainingResult unbroken;
            try (var trainer = new Trainer(task(whole), CONFIG, new TrainingListener() {}, null)) {
                unbroken = trainer.run();
            }
            Params resumed = Tiny.model().params(77);
            try (var trainer = new Trainer(task(resumed), CONFIG, new TrainingListener() {}, file)) {
                assertThat(trainer.resume()).isTrue();
                assertThat(trainer.step()).isEqualTo(20);
                TrainingResult result = trainer.run();
                assertThat(Objects.requireNonNull(result.evaluation()).all())
                        .isEqualTo(Objects.requireNonNull(unbroken.evaluation()).all());
            }
            whole.weights()
                    .forEach((name, tensor) ->
                            assertTensor(resumed.weight(name)).as(name).isEqualTo(tensor));
        } finally {
            Engine.setThreads(threads);
        }
    }

    private static void killAfterStep23(Path file) throws IOException, InterruptedException {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> argument.startsWith("-Dorg.bytedeco") || argument.startsWith("-Xmx"))
                .forEach(command::add);
        command.addAll(
                List.of("-cp", System.getProperty("java.class.path"), KillTest.class.getName(), file.toString()));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            String line = "";
            while (line != null && !line.equals("step 23")) {
                line = lines.readLine();
            }
            assertThat(line).as("the process came to step 23").isNotNull();
            process.destroyForcibly(); // SIGKILL
            process.waitFor();
        } finally {
            process.destroyForcibly();
        }
    }
}
