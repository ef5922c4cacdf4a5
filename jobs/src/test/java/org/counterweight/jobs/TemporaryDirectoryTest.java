package org.counterweight.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TemporaryDirectoryTest {
    @TempDir
    private Path root;

    /** Ends with a temporary directory open, as a process does that is asked to end. */
    static final class Ended {
        private Ended() {}

        public static void main(String[] words) throws IOException {
            Path half = TemporaryDirectory.create("half").path();
            Files.writeString(half.resolve("rows"), "some");
            Files.writeString(Path.of(words[0]), half.toString());
            System.exit(0);
        }
    }

    @Test
    void itGoesWithTheProcess() throws IOException, InterruptedException {
        Path told = root.resolve("told");
        Path temporary = Files.createDirectory(root.resolve("temporary"));
        Process java = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Djava.io.tmpdir=" + temporary,
                        "-cp",
                        System.getProperty("java.class.path"),
                        Ended.class.getName(),
                        told.toString()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        assertThat(java.waitFor()).isZero();
        assertThat(Path.of(Files.readString(told)).getParent()).isEqualTo(temporary);
        assertThat(temporary).isEmptyDirectory();
    }

    @Test
    void itGoesWhenItIsClosed() {
        Path path;
        try (var directory = TemporaryDirectory.create("short")) {
            path = directory.path();
            assertThat(path).isEmptyDirectory();
        }
        assertThat(path).doesNotExist();
    }
}
