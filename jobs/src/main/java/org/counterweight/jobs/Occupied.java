package org.counterweight.jobs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.counterweight.config.ConfigException;
import org.jspecify.annotations.Nullable;

/**
 * A directory that this process alone writes to, file by file, until it is closed: a second one that did so at the same time
 * would mix its files with ours. A process that is killed holds it no longer.
 */
public final class Occupied implements AutoCloseable {
    /** Lies in the directory as long as work goes on there, and after a process that was killed. */
    public static final String FILE = ".running";

    private static final long BEHIND_ALL = Long.MAX_VALUE - 1; // what is locked cannot be read on every system

    private final Path file;
    private final FileChannel channel;

    private Occupied(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * Makes the directory, if it is not there, and holds it.
     *
     * @throws ConfigException if another process does
     */
    public static Occupied take(Path directory) {
        Path file = directory.resolve(FILE);
        try {
            Files.createDirectories(directory);
            FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (lock(channel) == null) {
                channel.close();
                throw busy(directory);
            }
            byte[] process = String.valueOf(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII);
            channel.truncate(0).write(ByteBuffer.wrap(process), 0);
            return new Occupied(file, channel);
        } catch (IOException e) {
            throw new UncheckedIOException(directory + ": cannot be written: " + e.getMessage(), e);
        }
    }

    /**
     * Refuses a directory that another process holds, before any work.
     *
     * @throws ConfigException if one does
     */
    public static void check(Path directory) {
        Path file = directory.resolve(FILE);
        if (!Files.exists(file)) {
            return;
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            if (lock(channel) == null) {
                throw busy(directory);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be opened: " + e.getMessage(), e);
        }
    }

    /** Null if another holds it. */
    private static @Nullable FileLock lock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock(BEHIND_ALL, 1, false);
        } catch (OverlappingFileLockException e) { // this very process does
            return null;
        }
    }

    private static ConfigException busy(Path directory) throws IOException {
        String process = Files.readString(directory.resolve(FILE), StandardCharsets.US_ASCII);
        return new ConfigException(directory + ": another cw"
                + (process.isEmpty() ? "" : " (process " + process + ")")
                + " is at work there; wait until it ends, or name another directory with --output");
    }

    @Override
    public void close() {
        try {
            Files.deleteIfExists(file); // first, so that whoever takes it next makes a file of its own
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be removed: " + e.getMessage(), e);
        }
    }
}
