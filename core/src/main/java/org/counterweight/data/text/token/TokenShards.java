package org.counterweight.data.text.token;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.counterweight.config.Configs;
import org.counterweight.data.DataException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Tokens in files that are mapped into memory: of a corpus of any size only what is looked at is there. */
public final class TokenShards implements TokenStream {
    /** The file that says what the others hold. */
    public static final String INDEX = "tokens.json";

    static final String FORMAT = "counterweight-tokens-1";

    /** A GiB of four bytes each. */
    private static final int USUAL = 1 << 28;

    /**
     * How tokens are written.
     *
     * @param end the token that ends a document
     * @param bytes 2 or 4 a token
     */
    public record Form(int end, int bytes, int tokensOfShard) {
        /** As narrow as a vocabulary allows. */
        public static Form of(int end, int vocabulary) {
            return new Form(end, vocabulary <= 1 << 16 ? 2 : 4, USUAL);
        }
    }

    private final Form form;
    private final List<Domain> domains;
    private final List<MappedByteBuffer> shards;

    private TokenShards(Form form, List<Domain> domains, List<MappedByteBuffer> shards) {
        this.form = form;
        this.domains = List.copyOf(domains);
        this.shards = List.copyOf(shards);
    }

    /**
     * The tokens in a directory, if they were made from that.
     *
     * @throws DataException if the directory has something else, or not all of it
     */
    public static Optional<TokenShards> find(Path directory, String key) {
        Path file = directory.resolve(INDEX);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        ObjectNode index = index(file);
        if (!index.path("format").asString("").equals(FORMAT)) {
            throw new DataException(file + ": is no index of tokens (format: " + FORMAT + "); name another directory");
        }
        return index.path("key").asString("").equals(key) ? Optional.of(open(directory, index)) : Optional.empty();
    }

    private static ObjectNode index(Path file) {
        try {
            return Configs.read(file);
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }

    private static TokenShards open(Path directory, JsonNode index) {
        var form = new Form(
                index.path("end").asInt(),
                index.path("bytes").asInt(),
                index.path("tokens_of_shard").asInt());
        if ((form.bytes() != 2 && form.bytes() != 4) || form.tokensOfShard() < 1) {
            throw new DataException(directory.resolve(INDEX) + ": bytes: " + form.bytes() + ", tokens_of_shard: "
                    + form.tokensOfShard() + " are none that are written; remove the directory, and it is made anew");
        }
        var domains = new ArrayList<Domain>();
        long total = 0;
        for (JsonNode each : index.path("domains")) {
            long tokens = each.path("tokens").asLong();
            domains.add(new Domain(each.path("name").asString(""), total, tokens));
            total += tokens;
        }
        var shards = new ArrayList<MappedByteBuffer>();
        for (long left = total; left > 0; left -= form.tokensOfShard()) {
            long tokens = Math.min(left, form.tokensOfShard());
            shards.add(map(directory.resolve(file(shards.size())), tokens * form.bytes()));
        }
        return new TokenShards(form, domains, shards);
    }

    private static MappedByteBuffer map(Path file, long size) {
        try (FileChannel channel = FileChannel.open(file)) {
            if (channel.size() != size) {
                throw new DataException(file + ": has " + channel.size() + " bytes, and " + INDEX + " says " + size
                        + "; remove the directory, and it is made anew");
            }
            MappedByteBuffer mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, size);
            mapped.order(ByteOrder.LITTLE_ENDIAN);
            return mapped;
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }

    static String file(int shard) {
        return String.format(Locale.ROOT, "tokens-%05d.bin", shard);
    }

    @Override
    public List<Domain> domains() {
        return domains;
    }

    @Override
    public int end() {
        return form.end();
    }

    @Override
    public void copy(long from, long[] to, int at, int count) {
        for (int i = 0; i < count; i++) {
            MappedByteBuffer shard = shards.get((int) ((from + i) / form.tokensOfShard()));
            int place = (int) ((from + i) % form.tokensOfShard()) * form.bytes();
            to[at + i] = form.bytes() == 2 ? shard.getShort(place) & 0xffff : shard.getInt(place);
        }
    }
}
