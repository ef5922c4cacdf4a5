package org.counterweight.weights.ledger;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import org.counterweight.weights.ModelDirectory;
import org.counterweight.weights.TensorInfo;

/**
 * The SHA-256 of each tensor of a model, so that what differs can be named: of the line {@code name dtype shape} and the
 * little-endian bytes, whatever file they lie in and in whatever order.
 *
 * @param byName sorted
 */
public record TensorDigests(Map<String, String> byName) {
    private static final int BUFFER = 1 << 20;

    public TensorDigests {
        byName = Collections.unmodifiableMap(new TreeMap<>(byName));
    }

    /** Reads every byte of the weights once; any size takes the same memory. */
    public static TensorDigests of(ModelDirectory model) {
        var digests = new TreeMap<String, String>();
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
        for (TensorInfo info : model.tensors().values()) {
            MessageDigest digest = Digest.sha256();
            String head = info.name() + " " + info.dtype() + " " + Arrays.toString(info.shape()) + "\n";
            digest.update(head.getBytes(StandardCharsets.UTF_8));
            for (long at = 0; at < info.bytes(); at += BUFFER) {
                buffer.clear().limit((int) Math.min(BUFFER, info.bytes() - at));
                model.read(info.name(), at, buffer);
                digest.update(buffer.flip());
            }
            digests.put(info.name(), HexFormat.of().formatHex(digest.digest()));
        }
        return new TensorDigests(digests);
    }

    /** The SHA-256 of the lines {@code digest  name} of all tensors, in the order of their names. */
    public String root() {
        var lines = new StringBuilder();
        byName.forEach(
                (name, digest) -> lines.append(digest).append("  ").append(name).append('\n'));
        return Digest.sha256(lines.toString());
    }
}
