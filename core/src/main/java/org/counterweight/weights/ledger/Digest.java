package org.counterweight.weights.ledger;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.counterweight.weights.WeightsException;

/** SHA-256, by which a ledger knows its inputs. Files are streamed; any size takes the same memory. */
public final class Digest {
    private static final int BUFFER = 1 << 18;

    private Digest() {}

    /** The digest of a file's bytes in hexadecimal digits, as {@code sha256sum} prints it. */
    public static String sha256(Path file) {
        MessageDigest digest = sha256();
        ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER); // spares a copy on the way to the heap
        try (FileChannel in = FileChannel.open(file)) {
            while (in.read(buffer) >= 0) {
                digest.update(buffer.flip());
                buffer.clear();
            }
        } catch (IOException e) {
            throw new WeightsException(file, "cannot be read: " + e.getMessage(), e);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /**
     * The digest of a model: of its one file, or, for shards, of the list that {@code sha256sum} prints for them in the
     * order of their names ({@code sha256sum *.safetensors | sha256sum}).
     */
    public static String sha256(List<Path> files) {
        return ofParts(files, files.stream().map(Digest::sha256).toList());
    }

    /** The same from the digests of the files, in the same order as {@code files}. */
    public static String ofParts(List<Path> files, List<String> digests) {
        if (files.size() == 1) {
            return digests.get(0);
        }
        var lines = new TreeMap<String, String>();
        for (int i = 0; i < files.size(); i++) {
            lines.put(String.valueOf(files.get(i).getFileName()), digests.get(i));
        }
        return ofLines(lines);
    }

    /**
     * The digest of all files below a directory, as of shards: of the list that {@code sha256sum} prints for them, by their
     * paths from there, with slashes, in the order of these.
     */
    public static String ofTree(Path directory) {
        var lines = new TreeMap<String, String>();
        try (Stream<Path> all = Files.walk(directory)) {
            all.filter(Files::isRegularFile)
                    .forEach(file ->
                            lines.put(directory.relativize(file).toString().replace('\\', '/'), sha256(file)));
        } catch (IOException | UncheckedIOException e) {
            throw new WeightsException(directory, "cannot be read: " + e.getMessage(), e);
        }
        return ofLines(lines);
    }

    private static String ofLines(SortedMap<String, String> lines) {
        MessageDigest digest = sha256();
        lines.forEach((name, sum) -> digest.update((sum + "  " + name + "\n").getBytes(StandardCharsets.UTF_8)));
        return HexFormat.of().formatHex(digest.digest());
    }

    /** The digest of bytes in memory, from their position to their limit. */
    public static String sha256(ByteBuffer bytes) {
        MessageDigest digest = sha256();
        digest.update(bytes.duplicate());
        return HexFormat.of().formatHex(digest.digest());
    }

    /** The digest of a text's bytes in UTF-8. */
    static String sha256(String text) {
        return HexFormat.of().formatHex(sha256().digest(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** One to be fed piece by piece. */
    public static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
