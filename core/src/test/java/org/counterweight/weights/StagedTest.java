package org.counterweight.weights;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is left of a file in the making when its process is asked to end. */
class StagedTest {
    @TempDir
    private Path directory;

    /** The process that is asked to end while it writes {@code words[0]}. */
    public static void main(String[] words) throws IOException {
        try (Staged staged = Staged.directory(Path.of(words[0]))) {
            System.out.println("now");
            for (int i = 0; ; i++) {
                Files.write(staged.path().resolve("part-" + i % 50), new byte[100]);
            }
        }
    }

    /** The process whose first file is written when it has begun to end. */
    static final class AtTheEnd {
        private AtTheEnd() {}

        public static void main(String[] words) {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                try (Staged staged = Staged.file(Path.of(words[0]))) {
                    Files.writeString(staged.path(), "whole");
                    staged.commit();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }));
        }
    }

    @Test
    void aFileCanBeWrittenWhenTheProcessHasBegunToEnd() throws IOException, InterruptedException {
        Path target = directory.resolve("model");
        Process process = java(AtTheEnd.class, target).inheritIO().start();
        assertThat(process.waitFor()).isZero();
        assertThat(target).hasContent("whole");
    }

    private static ProcessBuilder java(Class<?> main, Path target) {
        return new ProcessBuilder(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                main.getName(),
                target.toString()));
    }

    @Test
    void nothingIsLeftByAProcessThatIsAskedToEnd() throws IOException, InterruptedException {
        Path target = directory.resolve("model");
        Files.createDirectory(target);
        Files.writeString(target.resolve("old"), "kept");
        Process process = java(StagedTest.class, target)
                .redirectError(ProcessBuilder.Redirect.DISCARD) // it cannot go on writing, and may say so
                .start();
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            assertThat(lines.readLine()).isEqualTo("now");
            if (!process.supportsNormalTermination()) {
                return; // on Windows nobody can be asked to end
            }
            process.destroy();
            process.waitFor();
        } finally {
            process.destroyForcibly();
        }
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).containsExactly(target);
        }
        assertThat(target.resolve("old")).hasContent("kept");
    }
}
