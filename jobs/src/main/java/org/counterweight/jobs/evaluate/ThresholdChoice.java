package org.counterweight.jobs.evaluate;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Nearest;
import org.counterweight.data.DataException;
import org.counterweight.jobs.predict.decide.Thresholds;
import org.jspecify.annotations.Nullable;

/**
 * Thresholds are chosen on the rows that are judged.
 *
 * @param rule what for
 * @param positive of two classes the one that has a threshold; null for the later by the alphabet
 */
public record ThresholdChoice(ThresholdRule rule, @Nullable String positive) {
    /**
     * Of one of two classes.
     *
     * @param truth the class of each row
     * @param shares the probabilities of both, row by row
     * @param weights how many rows each stands for
     * @throws ConfigException if there are not two classes, or {@link #positive} is none of them
     */
    Thresholds ofTwo(List<String> labels, int[] truth, double[] shares, double[] weights, Consumer<String> remarks) {
        if (labels.size() != 2) {
            throw new ConfigException("--threshold: the model tells one of " + labels.size()
                    + " classes, and a threshold parts two, or any number that are told each for itself; leave it out");
        }
        int at = at(labels);
        double[] own = new double[truth.length];
        boolean[] is = new boolean[truth.length];
        for (int row = 0; row < truth.length; row++) {
            own[row] = shares[2 * row + at];
            is[row] = truth[row] == at;
        }
        return new Thresholds(
                Map.of(labels.get(at), chosen(labels.get(at), own, is, weights, remarks)), rule.words(), truth.length);
    }

    private int at(List<String> labels) {
        if (positive == null) {
            return labels.get(0).compareTo(labels.get(1)) > 0 ? 0 : 1;
        }
        if (!labels.contains(positive)) {
            throw new ConfigException("--positive: \"" + positive + "\" is no class of the model"
                    + Nearest.hint(positive, labels, "It tells"));
        }
        return labels.indexOf(positive);
    }

    /**
     * Of each class, where any number is told.
     *
     * @param truth whether each row has each class, row by row
     * @param shares the probability of it
     * @param weights how many rows each stands for
     */
    Thresholds ofEach(
            List<String> labels, boolean[] truth, double[] shares, double[] weights, Consumer<String> remarks) {
        if (positive != null) {
            throw new ConfigException(
                    "--positive is of two classes; this model tells any number, each with a threshold");
        }
        int rows = truth.length / labels.size();
        var byClass = new LinkedHashMap<String, Double>();
        for (int c = 0; c < labels.size(); c++) {
            double[] own = new double[rows];
            boolean[] is = new boolean[rows];
            for (int row = 0; row < rows; row++) {
                own[row] = shares[row * labels.size() + c];
                is[row] = truth[row * labels.size() + c];
            }
            boolean some = IntStream.range(0, rows).anyMatch(row -> is[row] && weights[row] > 0);
            boolean others = IntStream.range(0, rows).anyMatch(row -> !is[row] && weights[row] > 0);
            if (!some || !others) {
                remarks.accept(
                        labels.get(c) + ": from a half on, since " + (!some ? "no row" : "every row") + " has it");
            } else {
                byClass.put(labels.get(c), chosen(labels.get(c), own, is, weights, remarks));
            }
        }
        if (byClass.isEmpty()) {
            throw new DataException("--threshold: no class is there in some rows and not in others, so that none has a"
                    + " threshold to be chosen; give other rows");
        }
        return new Thresholds(byClass, rule.words(), rows);
    }

    private double chosen(String name, double[] shares, boolean[] is, double[] weights, Consumer<String> remarks) {
        ThresholdRule.Chosen chosen = rule.choose(name, shares, is, weights);
        remarks.accept(name + ": " + words(chosen) + "; " + words(ThresholdRule.atHalf(shares, is, weights)));
        return chosen.value();
    }

    private static String words(ThresholdRule.Chosen chosen) {
        return String.format(
                Locale.ROOT,
                "from %.4f on precision %.3f, recall %.3f, F1 %.3f",
                chosen.value(),
                chosen.precision(),
                chosen.recall(),
                chosen.f1());
    }
}
