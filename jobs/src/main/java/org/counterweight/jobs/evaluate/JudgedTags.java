package org.counterweight.jobs.evaluate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.counterweight.data.text.tag.Span;
import org.counterweight.data.text.tag.TagScheme;
import org.counterweight.data.text.tag.TaggedSentences;
import org.counterweight.jobs.data.sentences.SentenceRows;
import org.counterweight.jobs.predict.Entities;
import org.counterweight.jobs.predict.entity.Entity;
import org.counterweight.train.measure.Confusion;
import org.counterweight.train.measure.task.EntityCounts;
import org.counterweight.train.measure.uncertainty.Bootstrap;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A tag a word, and so entities: a row is a sentence.
 *
 * @param told the likeliest tag of each word
 * @param sure how probable that is
 * @param losses the mean over a sentence's words of how unlikely the truth was, in nats
 */
record JudgedTags(
        TagScheme scheme, TaggedSentences truth, List<List<String>> told, List<double[]> sure, List<Double> losses)
        implements Judged {
    /** A probability of 0 would cost infinitely much; less than this float32 hardly tells. */
    private static final double LEAST = 1e-12;

    /** A word that was cut is told nothing of, which is no entity where there is such a tag. */
    static JudgedTags of(TaggedSentences truth, Entities.Told answers) {
        List<String> tags = answers.tags();
        var told = new ArrayList<List<String>>();
        var sure = new ArrayList<double[]>();
        var losses = new ArrayList<Double>();
        for (int row = 0; row < truth.size(); row++) {
            double[] shares = answers.shares().get(row);
            List<String> own = truth.tags().get(row);
            int[] likeliest = IntStream.range(0, own.size())
                    .map(word -> likeliest(tags, shares, word))
                    .toArray();
            told.add(Arrays.stream(likeliest).mapToObj(tags::get).toList());
            sure.add(IntStream.range(0, own.size())
                    .mapToDouble(word -> shares[word * tags.size() + likeliest[word]])
                    .toArray());
            losses.add(IntStream.range(0, own.size())
                    .mapToDouble(word ->
                            -Math.log(Math.max(LEAST, shares[word * tags.size() + tags.indexOf(own.get(word))])))
                    .average()
                    .orElse(0));
        }
        return new JudgedTags(TagScheme.of(tags), truth, told, sure, losses);
    }

    private static int likeliest(List<String> tags, double[] shares, int word) {
        int best = Math.max(0, tags.indexOf("O"));
        for (int tag = 0; tag < tags.size(); tag++) {
            best = shares[word * tags.size() + tag] > shares[word * tags.size() + best] ? tag : best;
        }
        return best;
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

    /** The words, and their tags as they are and as they were told, with the entities that these say. */
    @Override
    public void tell(int row, ObjectNode line) {
        List<String> words = truth.words().get(row);
        words.forEach(line.putArray(SentenceRows.WORDS)::add);
        truth.tags().get(row).forEach(line.putArray(SentenceRows.TAGS)::add);
        told.get(row).forEach(line.putArray("predictions")::add);
        String text = String.join(" ", words);
        ArrayNode entities = line.putArray("entities");
        scheme.spans(told.get(row))
                .forEach(span -> Entities.tell(entity(span, words, sure.get(row)), text, entities.addObject()));
        line.put("told", told(row)).put("truth", truth(row)).put("loss", loss(row));
    }

    /** Where words are joined by blanks. */
    private static Entity entity(Span span, List<String> words, double[] sure) {
        int start = words.subList(0, span.first()).stream()
                .mapToInt(word -> letters(word) + 1)
                .sum();
        String whole = String.join(" ", words.subList(span.first(), span.last() + 1));
        double score =
                Arrays.stream(sure, span.first(), span.last() + 1).average().orElse(0);
        return new Entity(span.type(), score, start, start + letters(whole));
    }

    private static int letters(String text) {
        return text.codePointCount(0, text.length());
    }

    @Override
    public List<Confusion.PerClass> perClass() {
        return counts(Bootstrap.all(rows())).perType();
    }
}
