package org.counterweight.data.text.tag;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.counterweight.data.Dataset;
import org.counterweight.data.text.TextTokenizer;
import org.counterweight.data.text.TokenizedTexts;
import org.counterweight.data.text.WordRows;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;

/**
 * Tokenized sentences, and the tag of each word at its first token: a batch has {@code labels} beside what is read
 * ({@code int64 [rows, longest]}), −100 at every other token, and {@link #WORD} of the same shape: the number of the word that
 * begins at each token, −1 where none does.
 *
 * @param words as tokens, and where each begins
 * @param pad fills up short rows
 * @param tags of the words of each sentence, as places in the list of tags
 */
public record TaggedTokens(WordRows words, int pad, List<int[]> tags, List<String> texts) implements Dataset {
    /** A batch's numbers of words. */
    public static final String WORD = "word";

    private static final long NOTHING = -100;

    /**
     * Tokenizes sentences; what of them is longer than {@link TextTokenizer#maxLength} is cut, and its words have no label.
     *
     * @param names of the tags, all that occur
     */
    public static TaggedTokens of(TaggedSentences sentences, List<String> names, TextTokenizer tokenizer) {
        List<int[]> tags = sentences.tags().stream()
                .map(row -> row.stream().mapToInt(names::indexOf).toArray())
                .toList();
        List<String> texts =
                sentences.words().stream().map(row -> String.join(" ", row)).toList();
        return new TaggedTokens(tokenizer.encodeWords(sentences.words()), tokenizer.padId(), tags, texts);
    }

    @Override
    public int size() {
        return words.tokens().size();
    }

    @Override
    public int length(int row) {
        return words.tokens().length(row);
    }

    @Override
    public String text(int row) {
        return texts.get(row);
    }

    @Override
    public Batch batch(int... rows) {
        int width = words.tokens().longest(rows);
        long[] labels = new long[rows.length * width];
        long[] numbers = new long[labels.length];
        Arrays.fill(labels, NOTHING);
        Arrays.fill(numbers, -1);
        for (int i = 0; i < rows.length; i++) {
            int[] first = words.first(rows[i]);
            int[] own = tags.get(Objects.checkIndex(rows[i], size()));
            for (int word = 0; word < first.length; word++) {
                if (first[word] >= 0) {
                    labels[i * width + first[word]] = own[word];
                    numbers[i * width + first[word]] = word;
                }
            }
        }
        return new TokenizedTexts(words.tokens(), pad)
                .batch(rows)
                .with(Batch.LABELS, Tensors.longs(labels, rows.length, width))
                .with(WORD, Tensors.longs(numbers, rows.length, width));
    }
}
