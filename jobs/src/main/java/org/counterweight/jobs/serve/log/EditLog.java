package org.counterweight.jobs.serve.log;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.function.Consumer;
import org.counterweight.config.ConfigException;
import org.counterweight.edit.codebook.History;
import org.counterweight.edit.file.CodebookFile;
import org.counterweight.weights.Staged;
import org.counterweight.weights.WeightsException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * The edits of one model in a file that only grows, {@value #FILE}: a line is on the disk before the edit is answered. A
 * process that is killed while it writes leaves a last line that is not whole, and whose edit nobody was told of; it is put
 * aside in a file of its own when the log is opened again, and all lines before it are made again.
 *
 * <p>For one thread at a time, and one process: the directory is locked.
 */
public final class EditLog implements AutoCloseable {
    public static final String FILE = "edits.log";

    private static final String IN_USE =
            ": another server writes to this log; end it, or name another directory with --log";

    private final Path directory;
    private final FileChannel lock;
    private final Beginning beginning;
    private final History.State found;
    private FileChannel out;
    private long length;
    private int lines;
    private boolean broken;

    private EditLog(Path directory, FileChannel lock, Beginning beginning, Read read) throws IOException {
        this.directory = directory;
        this.lock = lock;
        this.beginning = beginning;
        this.found = read.state();
        this.length = read.length();
        this.lines = read.lines();
        this.out = append(directory.resolve(FILE));
    }

    /** What was read: the codebook after all whole lines, where these end, and how many there are behind the first. */
    private record Read(History.State state, long length, int lines) {}

    /**
     * Opens the log of a model, or begins it.
     *
     * @param directory of this model's log
     * @param base the SHA-256 of the model
     * @param begun what a log that is not there yet begins with; null if only one that is there will do
     * @param remarks takes what a user should know, a line each
     * @throws ConfigException if it is another model's, was begun from other edits, or another process has it
     * @throws WeightsException if it is damaged before its last line
     */
    public static EditLog open(Path directory, String base, @Nullable Beginning begun, Consumer<String> remarks) {
        boolean isThere = isThere(directory);
        if (!isThere && begun == null) {
            throw new ConfigException(
                    directory + ": no edits were logged there; say how to edit, with --layer or --settings");
        }
        try {
            Files.createDirectories(directory);
            FileChannel lock = lock(directory);
            try {
                if (!isThere && begun != null) {
                    begin(directory, begun);
                }
                return read(directory, lock, base, begun, remarks);
            } catch (RuntimeException | IOException e) {
                lock.close();
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(directory + ": cannot be read or written: " + e.getMessage(), e);
        }
    }

    /** Whether a log was begun there. */
    public static boolean isThere(Path directory) {
        return Files.exists(directory.resolve(FILE));
    }

    private static FileChannel lock(Path directory) throws IOException {
        FileChannel lock =
                FileChannel.open(directory.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (lock.tryLock() != null) {
                return lock;
            }
        } catch (OverlappingFileLockException e) {
            lock.close();
            throw new ConfigException(directory + IN_USE, e);
        }
        lock.close();
        throw new ConfigException(directory + IN_USE);
    }

    /** Writes the first line, after what it goes on from: the log is there with all of that or not at all. */
    private static void begin(Path directory, Beginning begun) throws IOException {
        String origin = begun.origin();
        if (origin != null) {
            begun.codebook().write(directory.resolve(Beginning.file(origin)), Map.of());
        }
        try (Staged staged = Staged.file(directory.resolve(FILE))) {
            Files.write(staged.path(), LogLine.write(begun.json()));
            staged.commit();
        }
    }

    private static EditLog read(
            Path directory, FileChannel lock, String base, @Nullable Beginning begun, Consumer<String> remarks)
            throws IOException {
        Path file = directory.resolve(FILE);
        try (var in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
            byte[] first = line(in);
            Beginning beginning = Beginning.read(file, first == null ? null : LogLine.read(first));
            beginning.codebook().checkBase(file.toString(), base);
            if (begun != null && begun.origin() != null && !begun.origin().equals(beginning.origin())) {
                throw new ConfigException(
                        file + ": goes on from other edits than those of --edits; leave --edits out to go"
                                + " on with the log, or name another directory with --log");
            }
            Read read = read(file, in, beginning.codebook().state(), first == null ? 0 : first.length + 1L);
            putAside(file, read.length(), remarks);
            return new EditLog(directory, lock, beginning, read);
        }
    }

    private static Read read(Path file, InputStream in, History.State begun, long from) throws IOException {
        History.State state = begun;
        long whole = from;
        int lines = 0;
        for (byte[] bytes; (bytes = line(in)) != null; ) {
            ObjectNode json = LogLine.read(bytes);
            if (json == null) {
                throw new WeightsException(
                        file,
                        "line " + (lines + 2) + " is damaged, and it is not the last: copy the file, and cut it before"
                                + " that line to go on without what follows");
            }
            try {
                state = Logged.read(json).on(state);
            } catch (IllegalArgumentException | ConfigException e) {
                throw new WeightsException(file, "line " + (lines + 2) + " cannot be made again: " + e.getMessage(), e);
            }
            whole += bytes.length + 1;
            lines++;
        }
        return new Read(state, whole, lines);
    }

    /** The next line without its line feed; null at the end, and where the last line has none. */
    private static byte @Nullable [] line(InputStream in) throws IOException {
        var line = new ByteArrayOutputStream();
        for (int next; (next = in.read()) >= 0; ) {
            if (next == '\n') {
                return line.toByteArray();
            }
            line.write(next);
        }
        return null;
    }

    /** What follows the last whole line goes into a file beside the log. */
    private static void putAside(Path file, long whole, Consumer<String> remarks) throws IOException {
        long size = Files.size(file);
        if (size == whole) {
            return;
        }
        Path rest = free(file.getParent(), "torn-", ".bytes");
        try (FileChannel log = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
                FileChannel aside = FileChannel.open(rest, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            log.transferTo(whole, size - whole, aside);
            aside.force(true);
            log.truncate(whole);
            log.force(true);
        }
        remarks.accept(file
                + ": its last line was incomplete, so that its edit was never acknowledged; it was moved to " + rest);
    }

    private static Path free(@Nullable Path directory, String begin, String end) {
        int number = 1;
        Path home = directory == null ? Path.of("") : directory;
        while (Files.exists(home.resolve(begin + number + end))) {
            number++;
        }
        return home.resolve(begin + number + end);
    }

    private static FileChannel append(Path file) throws IOException {
        FileChannel out = FileChannel.open(file, StandardOpenOption.WRITE);
        out.position(out.size());
        return out;
    }

    /** Settings, layer and base of its edits, and what it goes on from. */
    public Beginning beginning() {
        return beginning;
    }

    /** The codebook after all that was in the log when it was opened. */
    public History.State found() {
        return found;
    }

    /** How many changes stand in it. */
    public int lines() {
        return lines;
    }

    /**
     * Writes a change, and returns when it is on the disk.
     *
     * @throws UncheckedIOException if it cannot be written: the log is then as it was
     */
    public void append(Logged change) {
        if (broken) {
            throw new UncheckedIOException(new IOException(
                    directory + ": an earlier change could not be written nor taken back; restart to go on"));
        }
        try {
            ByteBuffer line = ByteBuffer.wrap(LogLine.write(change.json()));
            while (line.hasRemaining()) {
                out.write(line);
            }
            out.force(true);
            length = out.position();
            lines++;
        } catch (IOException e) {
            takeBack();
            throw new UncheckedIOException(directory + ": the edit could not be logged: " + e.getMessage(), e);
        }
    }

    private void takeBack() {
        try {
            out.truncate(length);
            out.position(length);
            out.force(true);
        } catch (IOException e) {
            broken = true;
        }
    }

    /**
     * Begins anew from other edits; what was logged so far is kept beside it under another name.
     *
     * @throws UncheckedIOException if it cannot be written: the log is then as it was
     */
    public EditLog restarted(CodebookFile codebook, String origin) {
        Path file = directory.resolve(FILE);
        try {
            Path copy = free(directory, "edits-", ".log");
            Files.copy(file, copy, StandardCopyOption.COPY_ATTRIBUTES);
            var begun = new Beginning(codebook, origin);
            begin(directory, begun);
            out.close();
            return new EditLog(directory, lock, begun, new Read(codebook.state(), Files.size(file), 0));
        } catch (IOException e) {
            throw new UncheckedIOException(directory + ": cannot be written: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        try {
            out.close();
            lock.close();
        } catch (IOException e) {
            throw new UncheckedIOException(directory + ": cannot be closed: " + e.getMessage(), e);
        }
    }
}
