package org.counterweight.data.text.token;

import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.counterweight.config.Configs;
import org.counterweight.data.text.token.TokenMemory.DomainCount;
import org.counterweight.weights.Staged;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes {@link TokenShards}: a directory of files with this many tokens each, little-endian, two bytes each where the vocabulary
 * has no more than 65,536 tokens, else four; and {@value TokenShards#INDEX}. The directory appears whole, or not at all.
 */
public final class ShardWriter implements TokenSink, AutoCloseable {
    private static final int BUFFER = 1 << 16;

    private final Staged staged;
    private final TokenShards.Form form;
    private final String key;
    private final DomainCount domains = new DomainCount();
    private @Nullable DataOutputStream out;
    private int shards;
    private long inShard;

    /**
     * @param directory replaced, if there is one of shards
     * @param key what the tokens were made from, by which they are known again
     */
    public ShardWriter(Path directory, TokenShards.Form form, String key) {
        this.staged = Staged.directory(directory);
        this.form = form;
        this.key = key;
    }

    @Override
    public void domain(String name) {
        domains.begin(name);
    }

    @Override
    public void document(int... tokens) {
        try {
            for (int token : tokens) {
                write(token);
            }
            write(form.end());
        } catch (IOException e) {
            throw new UncheckedIOException(staged.path() + ": cannot be written: " + e.getMessage(), e);
        }
        domains.add(tokens.length + 1L);
    }

    private void write(int token) throws IOException {
        if (out == null || inShard == form.tokensOfShard()) {
            next();
        }
        DataOutputStream shard = java.util.Objects.requireNonNull(out);
        if (form.bytes() == 2) {
            shard.writeShort(Short.reverseBytes((short) token));
        } else {
            shard.writeInt(Integer.reverseBytes(token));
        }
        inShard++;
    }

    private void next() throws IOException {
        closeShard();
        OutputStream file = Files.newOutputStream(staged.path().resolve(TokenShards.file(shards++)));
        out = new DataOutputStream(new BufferedOutputStream(file, BUFFER));
        inShard = 0;
    }

    private void closeShard() throws IOException {
        if (out != null) {
            out.close();
            out = null;
        }
    }

    /** Makes the directory visible. */
    public void commit() {
        try {
            closeShard();
            ObjectNode index = Configs.JSON.createObjectNode();
            index.put("format", TokenShards.FORMAT).put("key", key).put("end", form.end());
            index.put("bytes", form.bytes()).put("tokens_of_shard", form.tokensOfShard());
            ArrayNode all = index.putArray("domains");
            domains.all()
                    .forEach(each -> all.addObject().put("name", each.name()).put("tokens", each.tokens()));
            Files.writeString(staged.path().resolve(TokenShards.INDEX), index.toPrettyString());
        } catch (IOException e) {
            throw new UncheckedIOException(staged.path() + ": cannot be written: " + e.getMessage(), e);
        }
        staged.commit();
    }

    @Override
    public void close() {
        try {
            closeShard();
        } catch (IOException e) {
            throw new UncheckedIOException(staged.path() + ": cannot be closed: " + e.getMessage(), e);
        } finally {
            staged.close();
        }
    }
}
