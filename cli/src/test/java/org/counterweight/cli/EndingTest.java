package org.counterweight.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Engine;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.jobs.Ending;
import org.counterweight.weights.Staged;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sun.misc.Signal;

/** A process is asked to end while LibTorch is within one long operation. */
class EndingTest {
    private static final String STATUS = "status";

    @TempDir
    private Path root;

    /** Differentiates through fifteen hundred convolutions at once, and is asked to end meanwhile. */
    static final class Busy {
        private static final int STEPS = 1500;
        private static final long[] ONE = {1, 1}; // stride, padding and dilation

        private Busy() {}

        public static void main(String[] words) throws IOException {
            if (words[1].equals(STATUS)) {
                Ending.bySignals();
                Runtime.getRuntime().addShutdownHook(new Thread(() -> write(Path.of(words[2]))));
            }
            Engine.setThreads(1);
            try (var scope = Scope.open();
                    var staged = Staged.directory(Path.of(words[0]))) {
                Files.writeString(staged.path().resolve("half"), "");
                Tensor weight =
                        torch.ones(16, 16, 3, 3).mul(Tensors.scalar(0.001)).requires_grad_(true);
                Tensor x = torch.ones(1, 16, 28, 28);
                for (int step = 0; step < STEPS; step++) {
                    x = torch.conv2d(x, weight, new TensorOptional(), ONE, ONE, ONE, 1)
                            .tanh();
                }
                askWithin(Thread.currentThread(), words[1]);
                while (true) {
                    Tensors.gradients(x.sum(), true, weight);
                }
            }
        }

        private static void write(Path file) {
            try {
                Thread.sleep(200); // what Java does at its end is not cut short
                Files.writeString(file, "");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private static void askWithin(Thread busy, String how) {
            var asking = new Thread(() -> {
                try {
                    while (!busy.getStackTrace()[0].getMethodName().equals("grad")) {
                        Thread.sleep(5);
                    }
                    Thread.sleep(20);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                if (how.equals(STATUS)) {
                    Signal.raise(new Signal("TERM"));
                } else {
                    Ending.atOnce();
                }
            });
            asking.setDaemon(true);
            asking.start();
        }
    }

    @Test
    void theSignalEndsItAndNothingIsLeft() throws IOException, InterruptedException {
        assertThat(ended(STATUS)).isEqualTo(128 + 15);
        assertThat(root.resolve("done")).exists();
        assertThat(left()).isEmpty();
    }

    @Test
    void atOnceIsAtOnce() throws IOException, InterruptedException {
        assertThat(ended("at once")).isEqualTo(128 + 9);
        assertThat(root.resolve("done")).doesNotExist();
    }

    private int ended(String how) throws IOException, InterruptedException {
        Path said = root.resolve("said.txt");
        List<String> words = List.of(
                root.resolve("out").toString(), how, root.resolve("done").toString());
        Process process = KilledRunTest.java(Busy.class, List.of("-XX:ErrorFile=" + root.resolve("crash")), words)
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        try {
            assertThat(process.waitFor(2, TimeUnit.MINUTES))
                    .as(Files.readString(said))
                    .isTrue();
            assertThat(root.resolve("crash")).doesNotExist();
            return process.exitValue();
        } finally {
            process.destroyForcibly();
        }
    }

    /** What is there but the marks of this test. */
    private List<Path> left() throws IOException {
        try (Stream<Path> entries = Files.list(root)) {
            return entries.filter(entry -> !entry.endsWith("said.txt") && !entry.endsWith("done"))
                    .toList();
        }
    }
}
