package org.counterweight.data.text;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.CharSpan;
import ai.djl.util.PairList;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.counterweight.config.ConfigException;
import org.counterweight.data.DataException;
import org.counterweight.data.text.vocabulary.TokenizerFiles;
import org.counterweight.data.text.vocabulary.Vocabulary;
import org.counterweight.weights.ledger.Digest;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * A Hugging Face tokenizer, from its files in {@linkplain TokenizerFiles whichever of their forms}. What they say of padding and
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
    private final int maxLength;
    private final boolean cutsLeft;
    private final boolean typed;
    private final Vocabulary vocabulary;
    private final Source source;

    private TextTokenizer(
            HuggingFaceTokenizer tokenizer,
            int maxLength,
            boolean cutsLeft,
            boolean typed,
            Vocabulary vocabulary,
            Source source) {
        this.tokenizer = tokenizer;
        this.maxLength = maxLength;
        this.cutsLeft = cutsLeft;
        this.typed = typed;
        this.vocabulary = vocabulary;
        this.source = source;
    }

    /**
     * Opens the tokenizer of a model.
     *
     * @param path a {@code tokenizer.json}, another form's file, or a directory with one of them
     * @param maxLength how many tokens a row may have, special ones included; at least 2, or {@link #UNLIMITED}
     * @throws DataException if there is no tokenizer, or none that can be read
     */
    public static TextTokenizer open(Path path, int maxLength) {
        return open(path, maxLength, false);
    }

    /**
     * The same to read words that are apart already: vocabularies of byte pairs, which tell a word by the blank before it, see one
     * before each.
     */
    public static TextTokenizer ofWords(Path path, int maxLength) {
        return open(path, maxLength, true);
    }

    /** What a tokenizer is made of: some hundred kilobytes, which are not kept beside it. */
    private record Source(Path path, boolean words) {
        TokenizerFiles files() {
            TokenizerFiles files = TokenizerFiles.of(path);
            ObjectNode json = files.json();
            json.putNull("padding"); // MiniLM's own file asks for padding to 128 whatever the text
            json.putNull("truncation");
            if (words) {
                json.findParents("add_prefix_space").forEach(part -> ((ObjectNode) part).put("add_prefix_space", true));
            }
            return files;
        }
    }

    private static byte[] bytes(TokenizerFiles files) {
        return files.json().toString().getBytes(StandardCharsets.UTF_8);
    }

    private static TextTokenizer open(Path path, int maxLength, boolean words) {
        if (maxLength < 2) {
            throw new ConfigException("max_length", maxLength, "at least 2 tokens (128 is usual)");
        }
        var source = new Source(path, words);
        TokenizerFiles files = source.files();
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
        try (var bytes = new ByteArrayInputStream(bytes(files))) {
            HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.newInstance(bytes, options);
            return new TextTokenizer(
                    tokenizer, maxLength, files.cutsLeft(), files.typed(), Vocabulary.of(files.json()), source);
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

    /** How many tokens a row may have, special ones included. */
    public int maxLength() {
        return maxLength;
    }

    /** The token of the greatest id: a model needs a row for it. */
    public Vocabulary.Token last() {
        return vocabulary.last();
    }

    /** The SHA-256 of all that decides which tokens a text has, by the files as they are now. */
    public String digest() {
        return Digest.sha256(ByteBuffer.wrap(bytes(source.files())));
    }

    /** The token that fills up short rows. */
    public int padId() {
        return vocabulary.padId();
    }

    /** The token that hides a word, {@code [MASK]} or {@code <mask>}; null of a vocabulary that has none. */
    public Vocabulary.@Nullable Token mask() {
        return vocabulary.mask();
    }

    /** Whether a token stands for a word, or a piece of one, that the vocabulary lacks. */
    public boolean isUnknown(long id) {
        return id == vocabulary.unknown().id();
    }

    /** Whether the model is told which of two texts a token is of ({@code token_type_ids}). */
    public boolean tellsTextsApart() {
        return typed;
    }

    /** The id of a special token such as {@code [MASK]}. */
    public OptionalInt special(String token) {
        @Nullable Integer id = vocabulary.specials().get(token);
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
                add(encoding, rows);
            }
        }
        return rows.build();
    }

    /**
     * Each text and its pair as one row, with the special tokens and types that the model wants. Where both together are longer
     * than {@link #maxLength}, the longer of the two is cut first, until they are of one length; then both are.
     *
     * @param pairs one for each text; empty where texts stand alone
     */
    public TokenRows encode(List<String> texts, List<String> pairs) {
        if (pairs.isEmpty()) {
            return encode(texts);
        }
        var rows = new TokenRows.Builder();
        for (int from = 0; from < texts.size(); from += CHUNK) {
            int to = Math.min(texts.size(), from + CHUNK);
            var both = new PairList<>(texts.subList(from, to), pairs.subList(from, to));
            for (Encoding encoding : tokenizer.batchEncode(both, true, false)) {
                add(encoding, rows);
            }
        }
        return rows.build();
    }

    private void add(Encoding encoding, TokenRows.Builder rows) {
        int[] kept = kept(encoding);
        boolean cut = encoding.exceedMaxLength() || kept.length < encoding.getIds().length;
        rows.add(at(encoding.getIds(), kept), typed ? at(encoding.getTypeIds(), kept) : new long[kept.length], cut);
    }

    private static long[] at(long[] values, int[] places) {
        return Arrays.stream(places).mapToLong(place -> values[place]).toArray();
    }

    /** One text, with the special tokens that the model wants around it, cut at {@link #maxLength}. */
    public long[] encode(String text) {
        Encoding encoding = tokenizer.encode(text, true, false);
        return at(encoding.getIds(), kept(encoding));
    }

    /** Where the tokens stand that stay: of texts that are too long and lose their beginnings, all but these. */
    private int[] kept(Encoding encoding) {
        long[] special = encoding.getSpecialTokenMask();
        if (!cutsLeft || special.length <= maxLength) {
            return IntStream.range(0, special.length).toArray();
        }
        long[] texts = encoding.getSequenceIds();
        int[] lengths = new int[2];
        for (int i = 0; i < special.length; i++) {
            if (special[i] == 0) {
                lengths[second(texts[i])]++;
            }
        }
        int room = Math.max(0, maxLength - (special.length - lengths[0] - lengths[1]));
        int[] over = LongestFirst.of(lengths[0], lengths[1], room).over(lengths[0], lengths[1]);
        return IntStream.range(0, special.length)
                .filter(i -> special[i] == 1 || over[second(texts[i])]-- <= 0)
                .limit(maxLength)
                .toArray();
    }

    private static int second(long text) {
        return text == 1 ? 1 : 0;
    }

    /** Rows of words as they are, each with the special tokens that the model wants around it, cut at {@link #maxLength}. */
    public WordRows encodeWords(List<List<String>> rows) {
        var tokens = new TokenRows.Builder();
        var firsts = new ArrayList<int[]>();
        for (List<String> words : rows) {
            Encoding encoding = tokenizer.encode(words, true, false);
            int[] kept = kept(encoding);
            add(encoding, tokens);
            int[] first = new int[words.size()];
            Arrays.fill(first, -1);
            for (int i = kept.length - 1; i >= 0; i--) {
                int word = (int) encoding.getWordIds()[kept[i]];
                if (word >= 0) {
                    first[word] = i;
                }
            }
            firsts.add(first);
        }
        return new WordRows(tokens.build(), firsts);
    }

    /**
     * One text and where its tokens stand in it, cut at {@link #maxLength}. Which of them are of one word, vocabularies of word pieces
     * say; of others, tokens without a blank between them are, as transformers takes them.
     */
    public TokenPlaces encodePlaces(String text) {
        Encoding encoding = tokenizer.encode(text, true, false);
        int[] kept = kept(encoding);
        CharSpan[] spans = encoding.getCharTokenSpans();
        int[] codes = text.codePoints().toArray();
        int[] starts = new int[kept.length];
        int[] ends = new int[kept.length];
        boolean[] inner = new boolean[kept.length];
        for (int i = 0; i < kept.length; i++) {
            boolean special = encoding.getSpecialTokenMask()[kept[i]] == 1;
            starts[i] = special ? -1 : spans[kept[i]].getStart();
            ends[i] = special ? -1 : spans[kept[i]].getEnd();
            inner[i] = !special && vocabulary.isInner(encoding.getTokens()[kept[i]], codes, starts[i], ends[i]);
        }
        boolean cut = encoding.exceedMaxLength() || kept.length < encoding.getIds().length;
        return new TokenPlaces(at(encoding.getIds(), kept), starts, ends, inner, cut);
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
