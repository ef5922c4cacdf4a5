package org.counterweight.weights;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A file, or a directory with all that lies in it. */
public final class FileTree {
    private static final int ATTEMPTS = 100;

    private FileTree() {}

    /** Has what was written reach the disk, and the names of it. */
    static void flush(Path path) throws IOException {
        if (!Files.isDirectory(path)) {
            try (FileChannel file = FileChannel.open(path, StandardOpenOption.WRITE)) {
                file.force(true);
            }
            return;
        }
        try (Stream<Path> entries = Files.list(path)) {
            for (Path entry : entries.toList()) {
                flush(entry);
            }
        }
        flushDirectory(path);
    }

    /** Has the names in a directory reach the disk. */
    static void flushDirectory(Path directory) throws IOException {
        if (System.getProperty("os.name", "").startsWith("Windows")) {
            return; // there a directory cannot be opened as a file, and renames are journalled
        }
        try (FileChannel entries = FileChannel.open(directory)) {
            entries.force(true);
        }
    }

    /** Takes away all of it; of a link, the link alone. Where another was faster, nothing is left to do. */
    public static void remove(Path tree) throws IOException {
        if (Files.notExists(tree, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Files.walkFileTree(tree, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e) throws IOException {
                if (e != null) {
                    throw e;
                }
                Files.delete(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /**
     * Takes away a directory while others may still write to it, as at the end of a process. It is renamed first: who writes to
     * it by name finds it no more, and makes no new files where the old ones are being removed. What cannot go stays.
     *
     * @param elsewhere a new name beside it at each call
     */
    public static void removeBusy(Path directory, Supplier<Path> elsewhere) {
        Path going = directory;
        for (int attempt = 0; attempt < ATTEMPTS && (Files.exists(directory) || Files.exists(going)); attempt++) {
            try {
                if (Files.exists(directory)) {
                    going = outOfReach(directory, elsewhere.get());
                }
                remove(going);
            } catch (IOException e) {
                continue; // a file that was made, or removed, meanwhile
            }
        }
    }

    /** Where it lies now: the same place where files in use cannot be renamed (Windows). */
    private static Path outOfReach(Path directory, Path elsewhere) {
        try {
            return Files.move(directory, elsewhere, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            return directory;
        }
    }
}
