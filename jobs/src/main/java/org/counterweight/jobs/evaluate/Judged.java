package org.counterweight.jobs.evaluate;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.counterweight.data.text.tag.TaggedSentences;
import org.counterweight.jobs.predict.Entities;
import org.counterweight.jobs.predict.decide.Thresholds;
import org.counterweight.train.measure.Confusion;
import org.counterweight.train.measure.statistic.Weighted;
import org.counterweight.train.measure.uncertainty.Calibration;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** What a model told of rows beside what is true of them. */
public sealed interface Judged permits JudgedClasses, JudgedLabelSets, JudgedScores, JudgedTags {
    /**
     * One class a row.
     *
     * @param truth the number of each row's class
     * @param shares the probability of each class, row by row
     * @param weights how many rows each row stands for
     */
    static Judged classes(List<String> labels, int[] truth, double[] shares, Thresholds thresholds, double[] weights) {
        return JudgedClasses.of(labels, truth, shares, thresholds, weights);
    }

    /**
     * Any number of classes a row.
     *
     * @param truth whether each row has each class, row by row
     * @param shares the probability of it
     * @param weights how many rows each row stands for
     */
    static Judged labelSets(
            List<String> labels, boolean[] truth, double[] shares, Thresholds thresholds, double[] weights) {
        return new JudgedLabelSets(labels, truth, shares, thresholds, weights);
    }

    /**
     * A number a row, in the units of the data.
     *
     * @param weights how many rows each row stands for
     */
    static Judged scores(double[] truth, double[] told, double[] weights) {
        return new JudgedScores(truth, told, weights);
    }

    /**
     * A tag a word, and so entities: a row is a sentence.
     *
     * @param told the probability of each tag of each word; 0 of words that were cut
     */
    static Judged tags(TaggedSentences truth, Entities.Told told) {
        return JudgedTags.of(truth, told);
    }

    int rows();

    /** How many rows each row stands for: figures count it as often, which a row of weight 0 is not at all. */
    default double[] weights() {
        return Weighted.ones(rows());
    }

    /** The figures of the rows of these numbers, which may repeat: a row that is named twice counts twice its weight. */
    Map<String, Double> figures(int[] rows);

    /** The weights of the rows of these numbers. */
    default double[] weights(int[] rows) {
        double[] all = weights();
        return Arrays.stream(rows).mapToDouble(row -> all[row]).toArray();
    }

    /** What each of the rows of these numbers costs. */
    default double[] losses(int[] rows) {
        return Arrays.stream(rows).mapToDouble(this::loss).toArray();
    }

    /** What each row costs: how unlikely the truth was to the model, or how far off it is. */
    double loss(int row);

    /** What is true of a row, in words. */
    String truth(int row);

    /** What the model told of it, in words. */
    String told(int row);

    /** Puts into a row's line, beside what the model told, what is true of it and what it cost. */
    default void tell(int row, ObjectNode line) {
        line.put("truth", truth(row)).put("loss", loss(row));
    }

    /** How often the most frequent answer would be right, by the figure that it concerns; empty where none is. */
    default Map<String, Double> baseline() {
        return Map.of();
    }

    /** How many rows of each class were taken for each; null where rows have no one class. */
    default @Nullable Confusion confusion() {
        return null;
    }

    /** How each class fared, or each type of what is told of parts of rows. */
    default List<Confusion.PerClass> perClass() {
        Confusion confusion = confusion();
        return confusion == null ? List.of() : confusion.perClass();
    }

    /** Whether probabilities mean what they say; null where none are told of one answer. */
    default @Nullable Calibration calibration() {
        return null;
    }
}
