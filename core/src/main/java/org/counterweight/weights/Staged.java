package org.counterweight.weights;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * A file or directory in the making: written beside its final name, and renamed when whole.
 *
 * <pre>{@code
 * try (var staged = Staged.directory(out)) {
 *     write(staged.path());
 *     staged.commit();   // the only line that makes the result visible
 * }                      // without it, nothing is left
 * }</pre>
 *
 * <p>What stood under the final name stays there until the new is whole and on the disk. A process that is killed leaves
 * its unfinished work under a name that ends in {@code .tmp-…}; the next one that writes to the same name removes it. One that
 * is asked to end (Ctrl-C) removes it itself.
 */
public final class Staged implements AutoCloseable {
    private static final AtomicInteger COUNT = new AtomicInteger();
    private static final Set<Staged> UNFINISHED = ConcurrentHashMap.newKeySet();

    static {
        removeAtTheEnd();
    }

    private static final String LOCK = ".staging";
    private static final String CONTENT = "content";
    private static final String REPLACED = "replaced";

    private final Path target;
    private final boolean isDirectory;
    private final boolean isListed;
    private final Path staging;
    private final FileChannel lock;
    private boolean committed;

    private static void removeAtTheEnd() {
        var removal = new Thread(() -> UNFINISHED.forEach(Staged::abandon), "removes unfinished files");
        try {
            Runtime.getRuntime().addShutdownHook(removal);
        } catch (IllegalStateException e) {
            return; // the end has begun: what is left unfinished now, the next process removes
        }
    }

    private Staged(Path target, boolean isDirectory, boolean isListed) throws IOException {
        this.target = target.toAbsolutePath().normalize();
        this.isDirectory = isDirectory;
        this.isListed = isListed;
        Path parent = this.target.getParent();
        if (parent == null) {
            throw new IOException("it is the root of the file system");
        }
        Files.createDirectories(parent);
        removeAbandoned(parent);
        this.staging = parent.resolve(name());
        Files.createDirectory(staging);
        this.lock = FileChannel.open(staging.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        lock.lock(); // held while we live: by it the next run tells the abandoned from the busy
        if (isDirectory) {
            Files.createDirectory(path());
        }
        UNFINISHED.add(this);
    }

    /** A directory to be, which exists empty under {@link #path}; it will replace whatever lies there. */
    public static Staged directory(Path target) {
        return open(target, true, false);
    }

    /**
     * The same where its user says: it gets a list of its {@link WrittenFiles}, and replaces a directory only if all that
     * lies there stands in such a list.
     */
    public static Staged output(Path target) {
        return open(target, true, true);
    }

    /** A file to be. */
    public static Staged file(Path target) {
        return open(target, false, false);
    }

    private static Staged open(Path target, boolean isDirectory, boolean isListed) {
        try {
            return new Staged(target, isDirectory, isListed);
        } catch (IOException e) {
            throw new UncheckedIOException(target + ": cannot be written: " + e.getMessage(), e);
        }
    }

    /**
     * Refuses to begin where the end is sure.
     *
     * @param place where it will be written; need not be there yet
     * @param bytes how much, at least
     * @throws WeightsException if the disk has less left
     */
    public static void requireRoom(Path place, long bytes) throws IOException {
        Path there = place.toAbsolutePath().normalize();
        while (!Files.exists(there) && there.getParent() != null) {
            there = there.getParent();
        }
        long free = Files.getFileStore(there).getUsableSpace();
        if (bytes > free) {
            throw new WeightsException(
                    place,
                    String.format(
                            Locale.ROOT,
                            "needs %,d bytes, and the disk has %,d left; make room, or name another place",
                            bytes,
                            free));
        }
    }

    /** Whether writing to {@code target} would replace something: a file, or a directory that is not empty. */
    public static boolean wouldReplace(Path target) {
        if (!Files.isDirectory(target)) {
            return Files.exists(target);
        }
        try (Stream<Path> entries = Files.list(target)) {
            return entries.findAny().isPresent();
        } catch (IOException e) {
            throw new UncheckedIOException(target + ": cannot be listed: " + e.getMessage(), e);
        }
    }

    /** Whether it is the unfinished work of a process, killed or not. */
    public static boolean isUnfinished(Path directory) {
        return String.valueOf(directory.getFileName()).matches(".+\\.tmp-\\d+-\\d+")
                && Files.isRegularFile(directory.resolve(LOCK), LinkOption.NOFOLLOW_LINKS);
    }

    /** Where to write. */
    public Path path() {
        return staging.resolve(CONTENT);
    }

    /**
     * Makes what was written visible under the final name, all at once, after it has reached the disk.
     *
     * @throws WeightsException if an {@link #output} would replace what we did not write
     */
    public void commit() {
        if (committed) {
            throw new IllegalStateException(target + " is committed already");
        }
        if (isListed) {
            WrittenFiles.list(path());
        }
        try {
            FileTree.flush(path());
            rename();
            FileTree.flushDirectory(parent());
        } catch (IOException e) {
            throw new UncheckedIOException(target + ": cannot be written: " + e.getMessage(), e);
        }
    }

    /** Never at the same time as {@link #abandon}, which would take away what is replaced. */
    private synchronized void rename() throws IOException {
        if (isListed) {
            WrittenFiles.refuseForeign(target); // also what came while we were at work
        }
        if (isDirectory && Files.exists(target)) { // a rename replaces a file, but no directory that is not empty
            Files.move(target, staging.resolve(REPLACED), StandardCopyOption.ATOMIC_MOVE);
            try {
                Files.move(path(), target, StandardCopyOption.ATOMIC_MOVE);
            } catch (IOException e) {
                Files.move(staging.resolve(REPLACED), target, StandardCopyOption.ATOMIC_MOVE);
                throw e;
            }
        } else {
            Files.move(path(), target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }
        committed = true;
    }

    /** The process ends: what is unfinished goes, while other threads may still be writing to it. */
    private synchronized void abandon() {
        FileTree.removeBusy(staging, () -> staging.resolveSibling(name()));
    }

    @Override
    public void close() {
        UNFINISHED.remove(this);
        try {
            lock.close();
            FileTree.remove(staging);
        } catch (IOException e) {
            throw new UncheckedIOException(staging + ": cannot be removed: " + e.getMessage(), e);
        }
    }

    private Path parent() {
        Path parent = target.getParent();
        if (parent == null) {
            throw new IllegalStateException(target + " has no parent");
        }
        return parent;
    }

    private String name() {
        return prefix() + ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet();
    }

    private String prefix() {
        return target.getFileName() + ".tmp-";
    }

    private void removeAbandoned(Path parent) throws IOException {
        List<Path> others;
        try (Stream<Path> entries = Files.list(parent)) {
            others = entries.filter(entry -> entry.getFileName().toString().matches("\\Q" + prefix() + "\\E\\d+-\\d+"))
                    .filter(Files::isDirectory)
                    .toList();
        }
        for (Path other : others) {
            if (isAbandoned(other)) {
                if (Files.exists(other.resolve(REPLACED)) && !Files.exists(target)) {
                    // killed between the two renames: what it replaced is the last whole thing there is
                    Files.move(other.resolve(REPLACED), target, StandardCopyOption.ATOMIC_MOVE);
                }
                FileTree.remove(other);
            }
        }
    }

    private static boolean isAbandoned(Path staging) throws IOException {
        Path lock = staging.resolve(LOCK);
        if (!Files.exists(lock)) {
            return false; // another process is between making the directory and the lock
        }
        try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.WRITE);
                FileLock held = channel.tryLock()) {
            return held != null;
        } catch (OverlappingFileLockException e) {
            return false; // held by this very process
        }
    }
}
