package org.counterweight.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the launcher learns the classes of a start from: a command that fails would leave its own out. */
class RehearsalTest {
    @TempDir
    private Path root;

    @Test
    void eachCommandComesToItsEnd() throws IOException {
        assertThat(Rehearsal.in(root.resolve("files"))).isZero();
        assertThat(root.resolve("files/merged/model.safetensors")).exists();
    }
}
