package org.counterweight.jobs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.counterweight.weights.FileTree;

/** A directory that goes with all that lies in it. */
public record TemporaryDirectory(Path path) implements AutoCloseable {
    /** An empty one, where the machine keeps such. */
    public static TemporaryDirectory create(String prefix) {
        try {
            return new TemporaryDirectory(Files.createTempDirectory(prefix));
        } catch (IOException e) {
            throw new UncheckedIOException("no temporary directory can be made: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        try {
            FileTree.remove(path);
        } catch (IOException e) {
            throw new UncheckedIOException(path + ": cannot be taken away: " + e.getMessage(), e);
        }
    }
}
