package org.counterweight.jobs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.counterweight.weights.FileTree;

/** A directory that goes with all that lies in it, at the latest when the process ends or is asked to (Ctrl-C). */
public record TemporaryDirectory(Path path) implements AutoCloseable {
    private static final Set<Path> THERE = ConcurrentHashMap.newKeySet();
    private static final AtomicInteger COUNT = new AtomicInteger();

    static {
        removeAtTheEnd();
    }

    private static void removeAtTheEnd() {
        var removal = new Thread(() -> THERE.forEach(TemporaryDirectory::abandon), "removes temporary directories");
        try {
            Runtime.getRuntime().addShutdownHook(removal);
        } catch (IllegalStateException e) {
            return; // the end has begun
        }
    }

    private static void abandon(Path directory) {
        FileTree.removeBusy(
                directory, () -> directory.resolveSibling(directory.getFileName() + "-" + COUNT.incrementAndGet()));
    }

    /** An empty one, where the machine keeps such. */
    public static TemporaryDirectory create(String prefix) {
        try {
            Path path = Files.createTempDirectory(prefix);
            THERE.add(path);
            return new TemporaryDirectory(path);
        } catch (IOException e) {
            throw new UncheckedIOException("no temporary directory can be made: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        THERE.remove(path);
        try {
            FileTree.remove(path);
        } catch (IOException e) {
            throw new UncheckedIOException(path + ": cannot be taken away: " + e.getMessage(), e);
        }
    }
}
