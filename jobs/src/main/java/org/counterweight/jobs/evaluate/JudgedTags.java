package org.counterweight.jobs.evaluate;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.counterweight.data.text.tag.TagScheme;
import org.counterweight.data.text.tag.TaggedSentences;
import org.counterweight.jobs.predict.Entities;
import org.counterweight.train.measure.Confusion;
import org.counterweight.train.measure.EntityCounts;
import org.counterweight.train.measure.uncertainty.Bootstrap;

/**
 * A tag a word, and so entities: a row is a sentence.
 *
 * @param told the likeliest tag of each word
 * @param losses the mean over a sentence's words of how unlikely the truth was, in nats
 */
record JudgedTags(TagScheme scheme, TaggedSentences truth, List<List<String>> told, List<Double> losses)
        implements Judged {
    /** A probability of 0 would cost infinitely much; less than this float32 hardly tells. */
    private static final double LEAST = 1e-12;

    /** A word that was cut is told nothing of, which is no entity where there is such a tag. */
    static JudgedTags of(TaggedSentences truth, Entities.Told answers) {
        List<String> tags = answers.tags();
        var told = new ArrayList<List<String>>();
        var losses = new ArrayList<Double>();
        for (int row = 0; row < truth.size(); row++) {
            double[] shares = answers.shares().get(row);
            List<String> own = truth.tags().get(row);
            told.add(IntStream.range(0, own.size())
                    .mapToObj(word -> likeliest(tags, shares, word))
                    .toList());
            losses.add(IntStream.range(0, own.size())
                    .mapToDouble(word ->
                            -Math.log(Math.max(LEAST, shares[word * tags.size() + tags.indexOf(own.get(word))])))
                    .average()
                    .orElse(0));
        }
        return new JudgedTags(TagScheme.of(tags), truth, told, losses);
    }

    private static String likeliest(List<String> tags, double[] shares, int word) {
        int best = Math.max(0, tags.indexOf("O"));
        for (int tag = 0; tag < tags.size(); tag++) {
            best = shares[word * tags.size() + tag] > shares[word * tags.size() + best] ? tag : best;
        }
        return tags.get(best);
    }

    @Override
    public int rows() {
        return truth.size();
    }

    private EntityCounts counts(int... rows) {
        var counts = new EntityCounts(scheme);
        for (int row : rows) {
            counts.add(truth.tags().get(row), told.get(row));
        }
        return counts;
    }

    @Override
    public Map<String, Double> figures(int[] rows) {
        return counts(rows).figures();
    }

    @Override
    public double loss(int row) {
        return losses.get(row);
    }

    @Override
    public String truth(int row) {
        return words(row, truth.tags().get(row));
    }

    @Override
    public String told(int row) {
        return words(row, told.get(row));
    }

    /** {@code PER Ada Lovelace, LOC London}. */
    private String words(int row, List<String> tags) {
        List<String> words = truth.words().get(row);
        return scheme.spans(tags).stream()
                .map(span -> span.type() + " " + String.join(" ", words.subList(span.first(), span.last() + 1)))
                .collect(Collectors.joining(", "));
    }

    @Override
    public List<Confusion.PerClass> perClass() {
        return counts(Bootstrap.all(rows())).perType();
    }
}
