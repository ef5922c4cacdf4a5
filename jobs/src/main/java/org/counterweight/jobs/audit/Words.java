package org.counterweight.jobs.audit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.counterweight.data.text.TextTokenizer;
import org.counterweight.data.text.TokenRows;

/**
 * The words of a model's vocabulary that can be tried, and how often each occurs.
 *
 * @param ids of those that are no special tokens and no reserved rows
 * @param frequency of every id of the vocabulary, in the corpus
 */
record Words(int[] ids, double[] frequency, TextTokenizer tokenizer) {
    private static final Pattern RESERVED = Pattern.compile("\\[?<?\\|?(unused|extra_id|reserved).*");

    /** Half of a letter, as tokens of bytes are, or nothing that is seen. */
    private static final Pattern UNREADABLE = Pattern.compile("[\\uFFFD\\p{Cntrl}]");

    /**
     * @param vocabulary how many rows the model's table has
     * @param corpus texts in which words are counted
     */
    static Words of(TextTokenizer tokenizer, int vocabulary, List<String> corpus) {
        double[] frequency = new double[vocabulary];
        TokenRows rows = tokenizer.encode(corpus, false);
        for (int row = 0; row < rows.size(); row++) {
            for (int id : rows.row(row)) {
                frequency[id]++;
            }
        }
        var ids = new ArrayList<Integer>();
        for (int id = 0; id < vocabulary; id++) {
            String word = tokenizer.decode(id).strip();
            if (!word.isEmpty() && !RESERVED.matcher(word).matches()) { // special tokens decode to nothing
                ids.add(id);
            }
        }
        return new Words(ids.stream().mapToInt(Integer::intValue).toArray(), frequency, tokenizer);
    }

    /** Those that occur at most so often. */
    int[] rare(int most) {
        return Arrays.stream(ids).filter(id -> frequency[id] <= most).toArray();
    }

    /** As it is read; that which cannot be is called by its number. */
    String word(int id) {
        String word = tokenizer.decode(id).strip();
        return UNREADABLE.matcher(word).find() ? "token " + id : word;
    }

    /** The frequencies of these words, in their order. */
    double[] frequencies(int[] words) {
        double[] some = new double[words.length];
        for (int i = 0; i < some.length; i++) {
            some[i] = frequency[words[i]];
        }
        return some;
    }
}
