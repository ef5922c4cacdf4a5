package org.counterweight.data.text;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.counterweight.config.ConfigException;
import org.counterweight.data.DataException;
import org.counterweight.weights.ledger.Digest;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A Hugging Face tokenizer, from {@code tokenizer.json}, BERT's {@code vocab.txt} or GPT-2's {@code vocab.json} and {@code merges.txt}. What the file says of padding and
 * truncation is not obeyed: rows are cut at {@link #maxLength} and padded batch by batch ({@link TokenRows}).
 *
 * <p>The library beneath (DJL's) reports its use to its makers unless told not to; it is told so before its first use. It
 * unpacks its native code into a directory: {@code ENGINE_CACHE_DIR}, else {@code ~/.djl.ai}.
 *
 * <p>Thread-safe.
 */
public final class TextTokenizer implements AutoCloseable {
    /** No row is cut. */
    public static final int UNLIMITED = Integer.MAX_VALUE;

    /** An encoding holds the tokens' texts and places too: a few thousand at a time are enough. */
    static final int CHUNK = 2048;

    private final HuggingFaceTokenizer tokenizer;
    private final Map<String, Integer> specials;
    private final int maxLength;
    private final boolean cutsLeft;
    private final int padId;
    private final Token last;
    private final String digest;

    /** A token of the vocabulary and its id. */
    public record Token(String text, int id) {}

    private TextTokenizer(
            HuggingFaceTokenizer tokenizer,
            Map<String, Integer> specials,
            int maxLength,
            boolean cutsLeft,
            int padId,
            Token last,
            String digest) {
        this.digest = digest;
        this.tokenizer = tokenizer;
        this.last = last;
        this.specials = specials;
        this.maxLength = maxLength;
        this.cutsLeft = cutsLeft;
        this.padId = padId;
    }

    /**
     * Opens the tokenizer of a model.
     *
     * @param path a {@code tokenizer.json}, a {@code vocab.txt}, or a directory with one of them
     * @param maxLength how many tokens a row may have, special ones included; at least 2, or {@link #UNLIMITED}
     * @throws DataException if there is no tokenizer, or none that can be read
     */
    public static TextTokenizer open(Path path, int maxLength) {
        if (maxLength < 2) {
            throw new ConfigException("max_length", maxLength, "at least 2 tokens (128 is usual)");
        }
        TokenizerFiles files = TokenizerFiles.of(path);
        ObjectNode json = files.json();
        forbidTelemetry();
        String length = String.valueOf(maxLength);
        var options = Map.of(
                "padding",
                "false",
                "truncation",
                String.valueOf(maxLength != UNLIMITED && !files.cutsLeft()),
                "maxLength",
                length,
                "modelMaxLength",
                length);
        json.putNull("padding"); // MiniLM's own file asks for padding to 128 whatever the text
        json.putNull("truncation");
        try (var bytes = new ByteArrayInputStream(json.toString().getBytes(StandardCharsets.UTF_8))) {
            HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.newInstance(bytes, options);
            Map<String, Integer> specials = specials(json);
            return new TextTokenizer(
                    tokenizer,
                    specials,
                    maxLength,
                    files.cutsLeft(),
                    padId(json, specials),
                    last(json, specials),
                    Digest.sha256(ByteBuffer.wrap(json.toString().getBytes(StandardCharsets.UTF_8))));
        } catch (IOException | RuntimeException e) { // the native reader's own exceptions are plain RuntimeExceptions
            throw new DataException(
                    files.file() + ": the tokenizer cannot be read (" + e.getMessage()
                            + "); copy the model's own again",
                    e);
        }
    }

    /** DJL asks a cloud's metadata service for the machine's name and sends it home, unless both of these are set. */
    static void forbidTelemetry() {
        System.setProperty("OPT_OUT_TRACKING", "true");
        System.setProperty("ai.djl.offline", "true");
    }

    private static Map<String, Integer> specials(ObjectNode json) {
        var specials = new HashMap<String, Integer>();
        for (JsonNode token : json.path("added_tokens")) {
            specials.put(token.path("content").asString(), token.path("id").asInt());
        }
        return Map.copyOf(specials);
    }

    private static int padId(ObjectNode json, Map<String, Integer> specials) {
        for (String name : List.of("[PAD]", "<pad>", "<|endoftext|>", "</s>", "<|end_of_text|>")) {
            Integer id = specials.get(name);
            if (id != null) {
                return id;
            }
        }
        JsonNode vocabulary = json.path("model").path("vocab");
        if (vocabulary.path("[PAD]").isIntegralNumber()) {
            return vocabulary.path("[PAD]").asInt();
        }
        return 0; // masked away in any case: some decoders' tokenizers have no token for it
    }

    /** The token of the greatest id: of the added ones, or of the model's vocabulary. */
    private static Token last(ObjectNode json, Map<String, Integer> specials) {
        Token last = new Token("", -1);
        for (var added : specials.entrySet()) {
            last = greater(last, added.getKey(), added.getValue());
        }
        JsonNode vocabulary = json.path("model").path("vocab");
        for (var entry : vocabulary.properties()) {
            last = greater(last, entry.getKey(), entry.getValue().asInt());
        }
        if (vocabulary.isArray() && !vocabulary.isEmpty()) { // Unigram: pairs of a piece and its score
            int id = vocabulary.size() - 1;
            last = greater(last, vocabulary.path(id).path(0).asString(), id);
        }
        return last;
    }

    private static Token greater(Token last, String text, int id) {
        return id > last.id() ? new Token(text, id) : last;
    }

    /** How many tokens a row may have, special ones included. */
    public int maxLength() {
        return maxLength;
    }

    /** The token of the greatest id: a model needs a row for it. */
    public Token last() {
        return last;
    }

    /** The SHA-256 of all that decides which tokens a text has. */
    public String digest() {
        return digest;
    }

    /** The token that fills up short rows. */
    public int padId() {
        return padId;
    }

    /** The id of a special token such as {@code [MASK]}. */
    public OptionalInt special(String token) {
        @Nullable Integer id = specials.get(token);
        return id == null ? OptionalInt.empty() : OptionalInt.of(id);
    }

    /** Each text as one row, with the special tokens that the model wants around it, cut at {@link #maxLength}. */
    public TokenRows encode(List<String> texts) {
        return encode(texts, true);
    }

    /** Each text as one row, cut at {@link #maxLength}. */
    public TokenRows encode(List<String> texts, boolean withSpecials) {
        var rows = new TokenRows.Builder();
        for (int from = 0; from < texts.size(); from += CHUNK) {
            List<String> chunk = texts.subList(from, Math.min(texts.size(), from + CHUNK));
            for (Encoding encoding : tokenizer.batchEncode(chunk, withSpecials, false)) {
                long[] ids = kept(encoding);
                rows.add(ids, encoding.exceedMaxLength() || ids.length < encoding.getIds().length);
            }
        }
        return rows.build();
    }

    /** One text, with the special tokens that the model wants around it, cut at {@link #maxLength}. */
    public long[] encode(String text) {
        return kept(tokenizer.encode(text, true, false));
    }

    /** The tokens without the first words, where a text is too long and loses its beginning. */
    private long[] kept(Encoding encoding) {
        long[] ids = encoding.getIds();
        int over = cutsLeft ? ids.length - maxLength : 0;
        if (over <= 0) {
            return ids;
        }
        long[] special = encoding.getSpecialTokenMask();
        long[] kept = new long[maxLength];
        int at = 0;
        for (int i = 0; i < ids.length && at < maxLength; i++) {
            if (special[i] == 1 || over-- <= 0) {
                kept[at++] = ids[i];
            }
        }
        return Arrays.copyOf(kept, at);
    }

    /** The text of token ids, without special tokens. */
    public String decode(long... ids) {
        return tokenizer.decode(ids, true);
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
