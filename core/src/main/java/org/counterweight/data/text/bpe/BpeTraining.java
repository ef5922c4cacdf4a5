package org.counterweight.data.text.bpe;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import org.counterweight.config.ConfigException;
import org.counterweight.data.DataException;

/**
 * Learns a vocabulary: it begins as the 256 bytes, and the most frequent pair of neighbours becomes a token of its own, again
 * and again; of pairs as frequent, that of the smaller numbers. The same texts give the same vocabulary, that of Hugging
 * Face's trainer.
 *
 * <p>R. Sennrich et al., "Neural Machine Translation of Rare Words with Subword Units", ACL 2016, section 3.2, on bytes.
 *
 * <p>Not thread-safe.
 */
public final class BpeTraining {
    private final Map<String, Long> words = new HashMap<>();
    private final int size;
    private final int leastFrequent;
    private final List<String> specials;
    private long bytes;

    /**
     * @param size of the vocabulary, the special tokens and all bytes among it
     * @param leastFrequent pairs that occur less often are not merged; at least 1
     * @param specials tokens that stand for themselves, numbered from 0
     */
    public BpeTraining(int size, int leastFrequent, List<String> specials) {
        this.size = size;
        this.leastFrequent = leastFrequent;
        this.specials = List.copyOf(specials);
        int least = ByteLetters.alphabet().length + this.specials.size();
        if (size < least) {
            throw new ConfigException(
                    "vocab_size",
                    size,
                    "at least " + least + ": 256 bytes and the special tokens (8000 to 50000 is usual)");
        }
        if (leastFrequent < 1) {
            throw new ConfigException("min_frequency", leastFrequent, "an integer of at least 1");
        }
        var seen = new HashSet<String>();
        for (String special : this.specials) {
            if (special.isBlank()) {
                throw new ConfigException("special", special, "a token, such as <|endoftext|>");
            }
            if (!seen.add(special)) {
                throw new ConfigException(
                        "special: \"" + special + "\" is given twice, or ends a text already; give each token once");
            }
        }
    }

    /** Counts the words of a text. */
    public void read(String text) {
        ByteLetters.words(text).forEach(word -> {
            words.merge(word, 1L, Long::sum);
            bytes += word.length();
        });
    }

    /** How many bytes were read. */
    public long bytes() {
        return bytes;
    }

    /**
     * The vocabulary of all that was read.
     *
     * @throws DataException if nothing was
     */
    public BpeVocabulary learn() {
        if (words.isEmpty()) {
            throw new DataException("there is no text to learn a vocabulary from");
        }
        var run = new Merging();
        run.merge();
        return run.vocabulary();
    }

    /** A pair of tokens that stand side by side, and where. */
    private static final class Pair {
        final int left;
        final int right;
        final Set<Integer> places = new LinkedHashSet<>();
        long count;

        Pair(long key) {
            left = (int) (key >>> 32);
            right = (int) key;
        }
    }

    /** How often a pair occurred when it was queued. */
    private record Queued(long count, Pair pair) implements Comparable<Queued> {
        @Override
        public int compareTo(Queued other) {
            if (count != other.count) {
                return Long.compare(other.count, count);
            }
            return pair.left != other.pair.left
                    ? Integer.compare(pair.left, other.pair.left)
                    : Integer.compare(pair.right, other.pair.right);
        }
    }

    /** A word as tokens. */
    private static final class Word {
        final long count;
        int[] tokens;

        Word(int[] tokens, long count) {
            this.tokens = tokens;
            this.count = count;
        }
    }

    private final class Merging {
        private final List<String> tokens = new ArrayList<>(specials);
        private final Map<String, Integer> ids = new HashMap<>();
        private final List<BpeVocabulary.Merge> merges = new ArrayList<>();
        private final List<Word> spelled = new ArrayList<>();
        private final Map<Long, Pair> pairs = new HashMap<>();
        private final PriorityQueue<Queued> queue = new PriorityQueue<>();

        Merging() {
            for (char letter : ByteLetters.alphabet()) {
                tokens.add(String.valueOf(letter));
            }
            for (int id = 0; id < tokens.size(); id++) {
                ids.put(tokens.get(id), id);
            }
            new TreeMap<>(words).forEach((word, count) -> {
                int[] letters = word.chars()
                        .map(letter -> Objects.requireNonNull(ids.get(String.valueOf((char) letter))))
                        .toArray();
                spelled.add(new Word(letters, count));
            });
            for (int place = 0; place < spelled.size(); place++) {
                count(place, 1);
            }
            pairs.values().forEach(pair -> queue.add(new Queued(pair.count, pair)));
        }

        /** Adds or takes away the pairs of a word; those that come are remembered to stand there. */
        private Set<Pair> count(int place, int sign) {
            Word word = spelled.get(place);
            var seen = new LinkedHashSet<Pair>();
            for (int i = 0; i + 1 < word.tokens.length; i++) {
                long key = (long) word.tokens[i] << 32 | word.tokens[i + 1];
                Pair pair = pairs.computeIfAbsent(key, Pair::new);
                pair.count += sign * word.count;
                if (sign > 0) {
                    pair.places.add(place);
                    seen.add(pair);
                }
            }
            return seen;
        }

        void merge() {
            while (tokens.size() < size && !queue.isEmpty()) {
                Queued top = queue.poll();
                Pair pair = top.pair();
                if (top.count() != pair.count) {
                    if (pair.count > 0) {
                        queue.add(new Queued(pair.count, pair)); // it became rarer since
                    }
                    continue;
                }
                if (pair.count < leastFrequent) {
                    return;
                }
                join(pair);
            }
        }

        private void join(Pair pair) {
            String left = tokens.get(pair.left);
            String right = tokens.get(pair.right);
            int id = ids.computeIfAbsent(left + right, token -> {
                tokens.add(token);
                return tokens.size() - 1;
            });
            merges.add(new BpeVocabulary.Merge(left, right));
            var grown = new LinkedHashSet<Pair>();
            for (int place : List.copyOf(pair.places)) {
                Word word = spelled.get(place);
                int[] joined = joined(word.tokens, pair, id);
                if (joined.length < word.tokens.length) {
                    count(place, -1);
                    word.tokens = joined;
                    grown.addAll(count(place, 1));
                }
            }
            pair.places.clear();
            grown.stream()
                    .filter(each -> each.left == id || each.right == id)
                    .forEach(each -> queue.add(new Queued(each.count, each)));
        }

        private static int[] joined(int[] word, Pair pair, int id) {
            int[] joined = new int[word.length];
            int length = 0;
            for (int i = 0; i < word.length; i++) {
                boolean here = i + 1 < word.length && word[i] == pair.left && word[i + 1] == pair.right;
                joined[length++] = here ? id : word[i];
                i += here ? 1 : 0;
            }
            return Arrays.copyOf(joined, length);
        }

        BpeVocabulary vocabulary() {
            var byToken = new LinkedHashMap<String, Integer>();
            for (int id = 0; id < tokens.size(); id++) {
                byToken.put(tokens.get(id), id);
            }
            return new BpeVocabulary(byToken, merges, specials);
        }
    }
}
