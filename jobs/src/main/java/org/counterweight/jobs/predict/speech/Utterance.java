package org.counterweight.jobs.predict.speech;

import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.counterweight.data.text.TextTokenizer;

/**
 * A text as it comes, token by token: words that end it are found as soon as they stand there, and all before them is told as
 * soon as nothing of it can belong to one.
 */
public final class Utterance {
    /** Tokens decoded before the new ones, so that a blank before a word stays one. */
    private static final int BEFORE = 8;

    private final TextTokenizer tokenizer;
    private final List<String> stop;
    private final int longest;
    private final Consumer<String> hearer;
    private final StringBuilder said = new StringBuilder();
    private long[] tokens;
    private int count;
    private int from;
    private int read;
    private int told;
    private int end = -1;

    /** @param prompt of which the first new token is the continuation */
    public Utterance(TextTokenizer tokenizer, long[] prompt, List<String> stop, Consumer<String> hearer) {
        this.tokenizer = tokenizer;
        this.stop = stop;
        this.longest = stop.stream().mapToInt(String::length).max().orElse(0);
        this.hearer = hearer;
        this.tokens = Arrays.copyOfRange(prompt, Math.max(0, prompt.length - BEFORE), prompt.length);
        this.count = tokens.length;
        this.read = count;
    }

    /**
     * One token more.
     *
     * @return whether the text goes on
     */
    public boolean add(long token) {
        if (count == tokens.length) {
            tokens = Arrays.copyOf(tokens, 2 * count + BEFORE);
        }
        tokens[count++] = token;
        String before = decoded(from, read);
        String now = decoded(from, count);
        if (now.endsWith("\uFFFD") || !now.startsWith(before) || now.length() == before.length()) {
            return true; // half a letter, or nothing that is seen
        }
        from = read;
        read = count;
        hear(now.substring(before.length()));
        return end < 0;
    }

    private String decoded(int begin, int to) {
        return begin == to ? "" : tokenizer.decode(Arrays.copyOfRange(tokens, begin, to));
    }

    private void hear(String fresh) {
        int begin = Math.max(0, said.length() - longest + 1);
        said.append(fresh);
        for (String word : stop) {
            int at = said.indexOf(word, begin);
            if (at >= 0 && (end < 0 || at < end)) {
                end = at;
            }
        }
        tell(end < 0 ? said.length() - held() : end);
    }

    /** How many letters at the end may be the beginning of a word that ends the text. */
    private int held() {
        for (int length = Math.min(longest - 1, said.length()); length > 0; length--) {
            String tail = said.substring(said.length() - length);
            if (stop.stream().anyMatch(word -> word.startsWith(tail))) {
                return length;
            }
        }
        return 0;
    }

    private void tell(int to) {
        if (to > told) {
            hearer.accept(said.substring(told, to));
            told = to;
        }
    }

    /**
     * That no token comes any more: what was held back is told.
     *
     * @return the text without the word that ended it
     */
    public String whole() {
        String before = decoded(from, read);
        String now = decoded(from, count);
        if (end < 0) {
            said.append(now.startsWith(before) ? now.substring(before.length()) : decoded(read, count));
        }
        int to = end < 0 ? said.length() : end;
        tell(to);
        return said.substring(0, to);
    }
}
