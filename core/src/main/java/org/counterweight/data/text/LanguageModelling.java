package org.counterweight.data.text;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.counterweight.config.ConfigException;
import org.counterweight.data.DataException;
import org.counterweight.data.Dataset;
import org.counterweight.data.text.token.TokenMemory;
import org.counterweight.data.text.token.TokenSink;
import org.counterweight.data.text.token.TokenStream;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;

/**
 * Documents as blocks of tokens of one length. A document ends with an end token and is followed by the next; what is left
 * over of a domain after its last whole block is dropped. A batch has {@code input_ids} and {@code labels}
 * ({@code int64 [rows, block]}), {@code row} and, where there are several domains, {@value #DOMAIN} ({@code int64 [rows]}).
 *
 * <p>With document masks a batch has {@code position_ids} too, which begin anew with each document and each block, so that a
 * token sees those of its own document alone; and no label is told from another document (it is −100). The losses of tokens
 * are then those of each document, or part of one, alone.
 */
public final class LanguageModelling implements Dataset {
    /** The number of a row's domain, under the name by which weighers of groups ask. */
    public static final String DOMAIN = "group";

    /** The tokens of {@link #bytes}: 256 bytes, and one that ends a document. */
    public static final int BYTE_VOCABULARY = 257;

    /** Ends a document of {@link #bytes}. */
    public static final int END = 256;

    /** The label of a token that is not to be told. */
    private static final long NOTHING = -100;

    private final TokenStream tokens;
    private final int length;
    private final boolean masked;
    private final int[] upTo;

    private LanguageModelling(TokenStream tokens, int length, boolean masked) {
        if (length < 2) {
            throw new ConfigException("block", length, "at least 2 tokens (128 is usual)");
        }
        this.tokens = tokens;
        this.length = length;
        this.masked = masked;
        this.upTo = new int[tokens.domains().size()];
        long rows = 0;
        for (int i = 0; i < upTo.length; i++) {
            rows += tokens.domains().get(i).tokens() / length;
            if (rows > Integer.MAX_VALUE - 8) {
                throw new DataException(rows + " rows of " + length + " tokens are too many; take longer ones");
            }
            upTo[i] = (int) rows;
        }
    }

    /**
     * Rows of a stream of tokens.
     *
     * @param masked whether documents of one row are kept apart
     */
    public static LanguageModelling of(TokenStream tokens, int block, boolean masked) {
        return new LanguageModelling(tokens, block, masked);
    }

    /** UTF-8 bytes as tokens. */
    public static LanguageModelling bytes(List<String> documents, int block) {
        var tokens = new TokenMemory.Builder(END);
        for (String document : documents) {
            byte[] bytes = document.getBytes(StandardCharsets.UTF_8);
            tokens.document(
                    IntStream.range(0, bytes.length).map(i -> bytes[i] & 0xff).toArray());
        }
        return of(tokens.build(), block, false);
    }

    /**
     * The tokens of a Hugging Face tokenizer, without the special ones that it would put around a document.
     *
     * @param tokenizer opened with {@link TextTokenizer#UNLIMITED}
     * @param end the token that ends a document
     */
    public static LanguageModelling tokens(List<String> documents, TextTokenizer tokenizer, int end, int block) {
        var tokens = new TokenMemory.Builder(end);
        tokenize(documents, tokenizer, tokens);
        return of(tokens.build(), block, false);
    }

    /** Hands the tokens of documents on, some thousand documents at a time. */
    public static void tokenize(List<String> documents, TextTokenizer tokenizer, TokenSink sink) {
        if (tokenizer.maxLength() != TextTokenizer.UNLIMITED) {
            throw new ConfigException("max_length", tokenizer.maxLength(), "no limit for language modelling");
        }
        for (int from = 0; from < documents.size(); from += TextTokenizer.CHUNK) {
            TokenRows encoded = tokenizer.encode(
                    documents.subList(from, Math.min(documents.size(), from + TextTokenizer.CHUNK)), false);
            for (int row = 0; row < encoded.size(); row++) {
                sink.document(encoded.row(row));
            }
        }
    }

    /**
     * Some documents held out: a block of one part never has a line of a document of another.
     *
     * @param share of the documents that are held out, in (0, 1)
     */
    public static HeldOut holdOut(List<String> documents, double share, Seed seed) {
        boolean[] out = heldOut(documents.size(), share, seed);
        var train = new ArrayList<String>();
        var test = new ArrayList<String>();
        for (int i = 0; i < out.length; i++) {
            (out[i] ? test : train).add(documents.get(i));
        }
        return new HeldOut(train, test);
    }

    /** Which of this many documents {@link #holdOut} holds out. */
    public static boolean[] heldOut(int documents, double share, Seed seed) {
        if (!(share > 0 && share < 1)) {
            throw new ConfigException("held_out", share, "a share of the documents in (0, 1) (0.1 is usual)");
        }
        int held = Math.max(1, (int) Math.round(documents * share));
        if (held >= documents) {
            throw new DataException(documents + " documents are too few to hold some out; at least 2 are needed");
        }
        boolean[] out = new boolean[documents];
        int[] order = seed.permutation(documents);
        for (int i = 0; i < held; i++) {
            out[order[i]] = true;
        }
        return out;
    }

    /** Documents to learn from, and others to judge by; each in its old order. */
    public record HeldOut(List<String> train, List<String> test) {}

    @Override
    public int size() {
        return upTo.length == 0 ? 0 : upTo[upTo.length - 1];
    }

    @Override
    public int length(int row) {
        Objects.checkIndex(row, size());
        return length;
    }

    @Override
    public List<String> domains() {
        return tokens.domains().stream().map(TokenStream.Domain::name).toList();
    }

    @Override
    public int domain(int row) {
        int found = Arrays.binarySearch(upTo, Objects.checkIndex(row, size()) + 1);
        int domain = found >= 0 ? found : -found - 1;
        while (domain > 0 && upTo[domain - 1] == upTo[domain]) {
            domain--; // one that is too short for a row ends where the one before it does
        }
        return domain;
    }

    private long[] ids(int... rows) {
        long[] ids = new long[rows.length * length];
        for (int i = 0; i < rows.length; i++) {
            int domain = domain(rows[i]);
            long inDomain = (long) rows[i] - (domain == 0 ? 0 : upTo[domain - 1]);
            tokens.copy(tokens.domains().get(domain).from() + inDomain * length, ids, i * length, length);
        }
        return ids;
    }

    @Override
    public Batch batch(int... rows) {
        long[] ids = ids(rows);
        Map<String, org.bytedeco.pytorch.Tensor> tensors = new LinkedHashMap<>();
        tensors.put(Batch.INPUT_IDS, Tensors.longs(ids, rows.length, length));
        tensors.put(Batch.LABELS, tensors.get(Batch.INPUT_IDS));
        tensors.put(Batch.ROW, Tensors.longs(asLongs(rows)));
        if (tokens.domains().size() > 1) {
            tensors.put(
                    DOMAIN,
                    Tensors.longs(asLongs(IntStream.of(rows).map(this::domain).toArray())));
        }
        if (masked) {
            long[] positions = positions(ids);
            if (IntStream.range(0, ids.length).anyMatch(i -> positions[i] != i % length)) {
                tensors.put(Batch.POSITION_IDS, Tensors.longs(positions, rows.length, length));
                tensors.put(Batch.LABELS, Tensors.longs(labels(ids, positions), rows.length, length));
            } // else every row is of one document, and needs no mask
        }
        return new Batch(tensors);
    }

    private static long[] asLongs(int... numbers) {
        return IntStream.of(numbers).asLongStream().toArray();
    }

    /** Where in its document, or part of one, each token stands. */
    private long[] positions(long... ids) {
        long[] positions = new long[ids.length];
        for (int i = 0; i < ids.length; i++) {
            boolean begins = i % length == 0 || ids[i - 1] == tokens.end();
            positions[i] = begins ? 0 : positions[i - 1] + 1;
        }
        return positions;
    }

    private static long[] labels(long[] ids, long... positions) {
        return IntStream.range(0, ids.length)
                .mapToLong(i -> positions[i] == 0 ? NOTHING : ids[i])
                .toArray();
    }
}
