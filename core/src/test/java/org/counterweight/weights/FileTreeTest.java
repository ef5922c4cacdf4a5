package org.counterweight.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileTreeTest {
    @TempDir
    private Path root;

    @Test
    void allOfItGoes() throws IOException {
        Path tree = root.resolve("tree");
        Files.writeString(Files.createDirectories(tree.resolve("inner")).resolve("file"), "words");
        FileTree.remove(tree);
        assertThat(tree).doesNotExist();
    }

    /** A machine's cleaner of temporary files may have been faster. */
    @Test
    void whatIsGoneNeedsNoRemoval() {
        assertThatCode(() -> FileTree.remove(root.resolve("gone"))).doesNotThrowAnyException();
    }
}
