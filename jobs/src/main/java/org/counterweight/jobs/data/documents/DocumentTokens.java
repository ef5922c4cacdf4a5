package org.counterweight.jobs.data.documents;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.counterweight.config.ConfigException;
import org.counterweight.data.text.LanguageModelling;
import org.counterweight.data.text.TextTokenizer;
import org.counterweight.data.text.token.ShardWriter;
import org.counterweight.data.text.token.TokenMemory;
import org.counterweight.data.text.token.TokenShards;
import org.counterweight.data.text.token.TokenSink;
import org.counterweight.data.text.token.TokenStream;
import org.counterweight.weights.ledger.Digest;
import org.jspecify.annotations.Nullable;

/**
 * The tokens of a run's documents: in memory, or in shards that lie in a directory from one run to the next.
 *
 * @param end the token that ends a document
 * @param shards the directory; null for memory
 * @param remarks takes what was done, a line each
 */
record DocumentTokens(
        TextTokenizer tokenizer, int end, @Nullable Path shards, Consumer<String> remarks) {
    /**
     * The tokens of one part of the documents.
     *
     * @param name of the part, and of the directory within that of shards
     * @param byDomain the documents of each domain, in the order of these
     */
    TokenStream of(String name, Map<String, List<String>> byDomain) {
        if (shards == null) {
            var tokens = new TokenMemory.Builder(end);
            write(byDomain, tokens);
            return tokens.build();
        }
        Path directory = shards.resolve(name);
        String key = key(byDomain);
        Optional<TokenShards> known = TokenShards.find(directory, key);
        if (known.isPresent()) {
            remarks.accept(directory + ": has the tokens of these texts, which are used again");
            return known.get();
        }
        checkReplaceable(directory);
        try (var writer = new ShardWriter(
                directory,
                TokenShards.Form.of(end, Math.max(end, tokenizer.last().id()) + 1),
                key)) {
            write(byDomain, writer);
            writer.commit();
        }
        return TokenShards.find(directory, key).orElseThrow(() -> new IllegalStateException(directory + ": is gone"));
    }

    private void write(Map<String, List<String>> byDomain, TokenSink sink) {
        byDomain.forEach((domain, texts) -> {
            sink.domain(domain);
            LanguageModelling.tokenize(texts, tokenizer, sink);
        });
    }

    private static void checkReplaceable(Path directory) {
        if (!Files.isDirectory(directory) || Files.exists(directory.resolve(TokenShards.INDEX))) {
            return;
        }
        try (Stream<Path> entries = Files.list(directory)) {
            if (entries.findAny().isPresent()) {
                throw new ConfigException("data.shards: " + directory
                        + " has something else in it, which would be lost; name another directory");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(directory + ": cannot be listed: " + e.getMessage(), e);
        }
    }

    /** A digest of all that decides which tokens there are. */
    private String key(Map<String, List<String>> byDomain) {
        MessageDigest digest = Digest.sha256();
        tell(digest, "end " + end + " last " + tokenizer.last() + " " + tokenizer.digest());
        byDomain.forEach((domain, texts) -> {
            tell(digest, domain + " " + texts.size());
            texts.forEach(text -> tell(digest, text));
        });
        return HexFormat.of().formatHex(digest.digest());
    }

    private static void tell(MessageDigest digest, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        digest.update(
                (bytes.length + ":").getBytes(StandardCharsets.UTF_8)); // so that no two lists of texts look alike
        digest.update(bytes);
    }
}
