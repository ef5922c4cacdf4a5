package org.counterweight.weights.ledger;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.counterweight.weights.WeightsException;
import org.jspecify.annotations.Nullable;

/**
 * Digests of large files that were computed before, for whoever reads the same models again and again. A file counts as
 * unchanged while its path, size, identity and times are the same, as it does for git; who must be certain calls
 * {@link Digest#sha256(Path)}.
 *
 * <p>They lie in small text files, which may be deleted at any time. Any number of threads and processes may use them.
 *
 * @param directory where they lie; made when the first one comes
 */
public record KnownDigests(Path directory) {
    /** A younger file may change again without its times showing it. */
    private static final Duration SETTLED = Duration.ofSeconds(3);

    /** The digest of a file's bytes, computed unless it is known. */
    public String sha256(Path file) {
        try {
            List<String> state = state(file);
            Path entry = directory.resolve(Digest.sha256(state.get(0)));
            String known = read(entry, state);
            if (known != null) {
                return known;
            }
            boolean settled = isSettled(file);
            String digest = Digest.sha256(file);
            if (settled && state.equals(state(file))) { // else it was written to meanwhile
                keep(entry, state, digest);
            }
            return digest;
        } catch (IOException e) {
            throw new WeightsException(file, "cannot be read: " + e.getMessage(), e);
        }
    }

    private static List<String> state(Path file) throws IOException {
        var attributes = Files.readAttributes(file, BasicFileAttributes.class);
        var state = new ArrayList<String>();
        state.add(file.toRealPath().toString());
        state.add("bytes " + attributes.size());
        state.add("identity " + attributes.fileKey());
        state.add("modified " + attributes.lastModifiedTime().toInstant());
        if (file.getFileSystem().supportedFileAttributeViews().contains("unix")) {
            state.add("changed " + ((FileTime) Files.getAttribute(file, "unix:ctime")).toInstant());
        }
        return state;
    }

    private static boolean isSettled(Path file) throws IOException {
        return Files.getLastModifiedTime(file)
                .toInstant()
                .isBefore(Instant.now().minus(SETTLED));
    }

    private static @Nullable String read(Path entry, List<String> state) throws IOException {
        if (!Files.isReadable(entry)) {
            return null;
        }
        List<String> lines = new String(Files.readAllBytes(entry), StandardCharsets.UTF_8)
                .lines()
                .toList();
        boolean same = lines.size() > 1 && lines.subList(1, lines.size()).equals(state);
        return same && lines.get(0).matches("[0-9a-f]{64}") ? lines.get(0) : null;
    }

    private void keep(Path entry, List<String> state, String digest) {
        var lines = new ArrayList<String>();
        lines.add(digest);
        lines.addAll(state);
        try {
            Files.createDirectories(directory);
            Path whole = Files.createTempFile(directory, "", ".tmp");
            Files.write(whole, lines);
            Files.move(whole, entry, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            // Where nothing may be written, the next one computes it again; nothing else is lost.
            System.getLogger(KnownDigests.class.getName()).log(System.Logger.Level.DEBUG, "not kept: " + entry, e);
        }
    }
}
