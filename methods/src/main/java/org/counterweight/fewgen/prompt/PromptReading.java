package org.counterweight.fewgen.prompt;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.counterweight.config.ConfigException;
import org.counterweight.data.text.LabelledTexts;
import org.counterweight.data.text.LongestFirst;
import org.counterweight.data.text.TextClassification;
import org.counterweight.data.text.TextTokenizer;
import org.counterweight.data.text.TokenRows;
import org.counterweight.data.text.vocabulary.Vocabulary;
import org.counterweight.fewgen.prompt.PromptTemplate.Part;
import org.counterweight.fewgen.prompt.PromptTemplate.Sentence;
import org.counterweight.fewgen.prompt.PromptTemplate.Special;
import org.counterweight.fewgen.prompt.PromptTemplate.Words;
import org.counterweight.model.Model;
import org.counterweight.model.config.Classes;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * A template and its words in the tokens of one vocabulary. Where a text is too long, its end is cut, of a pair that of the longer
 * first; the template's own tokens always stay. A mask that a text brings itself is left out, so that the row has one.
 */
public final class PromptReading {
    private final TextTokenizer tokenizer;
    private final List<Piece> pieces;
    private final int room;
    private final long mask;
    private final List<Long> labels;

    /**
     * What stands at one place: tokens that are always the same, or a sentence.
     *
     * @param tokens none of a sentence
     */
    private record Piece(Part part, long[] tokens) {}

    private PromptReading(TextTokenizer tokenizer, List<Piece> pieces, int room, long mask, List<Long> labels) {
        this.tokenizer = tokenizer;
        this.pieces = pieces;
        this.room = room;
        this.mask = mask;
        this.labels = labels;
    }

    /**
     * Reads a template in a vocabulary.
     *
     * @param tokenizer cuts at the length of a whole row; it stays the caller's
     * @param labels in their order
     * @throws ConfigException if a word is not one token, naming it and its pieces; if there is no mask, or no room for a text
     */
    public static PromptReading of(TextTokenizer tokenizer, PromptConfig config, List<String> labels) {
        Vocabulary.Token mask = tokenizer.mask();
        if (mask == null) {
            throw new ConfigException("template: the tokenizer has no [MASK] or <mask> at which words are told;"
                    + " take a masked language model's");
        }
        config.check(labels);
        PromptTemplate template = PromptTemplate.parse(config.template());
        var pieces = new ArrayList<Piece>();
        int fixed = 0;
        for (Part part : template.parts()) {
            long[] tokens = tokens(part, tokenizer, mask.id());
            pieces.add(new Piece(part, tokens));
            fixed += tokens.length;
        }
        if (tokenizer.maxLength() <= fixed) {
            throw new ConfigException("template: it has " + fixed + " tokens of its own, and a row "
                    + tokenizer.maxLength() + " at most; give a longer max_length, or a shorter template");
        }
        int room = tokenizer.maxLength() - fixed;
        List<Long> words = labels.stream()
                .map(label -> word(config.word(label), label, tokenizer))
                .toList();
        return new PromptReading(tokenizer, List.copyOf(pieces), room, mask.id(), words);
    }

    /**
     * How a model reads texts to tell their classes, those that its config names; null if it is not asked so.
     *
     * @throws ConfigException if {@code prompt.json} is spoiled, or fits neither the classes nor the vocabulary
     */
    public static @Nullable PromptReading beside(Path directory, ObjectNode config, TextTokenizer tokenizer) {
        PromptConfig prompt = PromptConfig.beside(directory, config);
        if (prompt == null) {
            return null;
        }
        try {
            return of(tokenizer, prompt, Classes.stated(config).orElse(List.of()));
        } catch (ConfigException e) {
            throw new ConfigException(directory.resolve(PromptConfig.FILE) + ": " + e.getMessage(), e);
        }
    }

    private static long[] tokens(Part part, TextTokenizer tokenizer, long mask) {
        if (part instanceof Sentence) {
            return new long[0];
        }
        if (part instanceof Words words) {
            return tokenizer.encode(List.of(words.text()), false).ids(0);
        }
        if (part == Special.MASK) {
            return new long[] {mask};
        }
        long[] around = tokenizer.encode(List.of(""), true).ids(0);
        if (around.length != 2) {
            throw new ConfigException("template: the tokenizer puts " + around.length
                    + " tokens around a text, and *cls* and *sep* are its two; leave them out");
        }
        return new long[] {around[part == Special.CLS ? 0 : 1]};
    }

    /** As words stand within a text, with a blank before them; not so what begins like a special token or punctuation. */
    private static long word(String word, String label, TextTokenizer tokenizer) {
        String written = "<[.,".indexOf(word.charAt(0)) < 0 ? " " + word : word;
        long[] ids = tokenizer.encode(List.of(written), false).ids(0);
        if (ids.length == 1 && !tokenizer.isUnknown(ids[0])) {
            return ids[0];
        }
        String found = Arrays.stream(ids)
                .mapToObj(id -> tokenizer.isUnknown(id)
                        ? "an unknown word"
                        : "\"" + tokenizer.decode(id).strip() + "\"")
                .collect(Collectors.joining(", "));
        throw new ConfigException("mapping: \"" + word + "\", the word of the label \"" + label + "\", is "
                + (ids.length == 1 ? "" : ids.length + " tokens of this vocabulary: ")
                + found
                + (ids.length == 1 ? " to this vocabulary" : "")
                + "; take a word that is one token");
    }

    /** Labelled texts, or pairs, each within the template. */
    public TextClassification read(LabelledTexts texts) {
        return TextClassification.of(texts, encode(texts.texts(), texts.pairs()), tokenizer.padId());
    }

    /**
     * Each text within the template.
     *
     * @param seconds of pairs; empty where texts stand alone, whose second sentence is empty
     */
    public TokenRows encode(List<String> texts, List<String> seconds) {
        TokenRows first = sentences(0, texts);
        TokenRows second = sentences(1, seconds);
        var rows = new TokenRows.Builder();
        for (int row = 0; row < texts.size(); row++) {
            long[] one = without(first.ids(row));
            long[] other = second.size() == 0 ? new long[0] : without(second.ids(row));
            LongestFirst kept = LongestFirst.of(one.length, other.length, room);
            boolean cut = kept.first() < one.length || kept.second() < other.length;
            add(rows, Arrays.copyOf(one, kept.first()), Arrays.copyOf(other, kept.second()), cut);
        }
        return rows.build();
    }

    private void add(TokenRows.Builder rows, long[] one, long[] other, boolean cut) {
        int length = one.length
                + other.length
                + pieces.stream().mapToInt(piece -> piece.tokens().length).sum();
        long[] ids = new long[length];
        long[] types = new long[tokenizer.tellsTextsApart() ? length : 0];
        int at = 0;
        int segment = 0;
        for (Piece piece : pieces) {
            long[] tokens =
                    piece.part() instanceof Sentence sentence ? sentence.number() == 0 ? one : other : piece.tokens();
            System.arraycopy(tokens, 0, ids, at, tokens.length);
            if (types.length > 0) {
                Arrays.fill(types, at, at + tokens.length, segment);
            }
            at += tokens.length;
            segment = piece.part() == Special.SEP_AND_NEXT ? 1 : segment; // models tell two apart
        }
        rows.add(ids, types, cut);
    }

    /** None where the template has no such sentence. */
    private TokenRows sentences(int number, List<String> texts) {
        List<String> written = pieces.stream()
                .map(Piece::part)
                .filter(part -> part instanceof Sentence sentence && sentence.number() == number)
                .map(Sentence.class::cast)
                .findFirst()
                .map(sentence -> texts.stream().map(sentence::of).toList())
                .orElse(List.of());
        return tokenizer.encode(written, false);
    }

    private long[] without(long[] ids) {
        return Arrays.stream(ids).filter(id -> id != mask).toArray();
    }

    /** The language model as the classifier that it is when it is asked so. */
    public Model asked(Model words) {
        return new PromptedModel(words, mask, labels);
    }
}
