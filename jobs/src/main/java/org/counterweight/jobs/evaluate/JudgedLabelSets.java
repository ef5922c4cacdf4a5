package org.counterweight.jobs.evaluate;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.counterweight.jobs.predict.decide.Thresholds;

/**
 * Any number of classes a row, each told from its threshold on.
 *
 * @param labels the names of the classes
 * @param truth whether each row has each class, row by row
 * @param shares the probability of it, row by row
 * @param weights how many rows each row stands for
 */
record JudgedLabelSets(List<String> labels, boolean[] truth, double[] shares, Thresholds thresholds, double[] weights)
        implements Judged {
    private static final double LEAST = 1e-12;

    @Override
    public int rows() {
        return truth.length / labels.size();
    }

    /** F1 over all pairs of row and class, its mean over the classes, and the share of rows of which all is right. */
    @Override
    public Map<String, Double> figures(int[] rows) {
        int classes = labels.size();
        double[] hits = new double[classes];
        double[] marked = new double[classes]; // truths and guesses together
        double exact = 0;
        double all = 0;
        for (int row : rows) {
            double each = weights[row];
            boolean whole = true;
            for (int c = 0; c < classes; c++) {
                boolean is = truth[row * classes + c];
                boolean told = told(row, c);
                hits[c] += is && told ? each : 0;
                marked[c] += (is ? each : 0) + (told ? each : 0);
                whole &= is == told;
            }
            exact += whole ? each : 0;
            all += each;
        }
        var figures = new LinkedHashMap<String, Double>();
        figures.put(
                "micro_f1",
                f1(DoubleStream.of(hits).sum(), DoubleStream.of(marked).sum()));
        figures.put(
                "macro_f1",
                IntStream.range(0, classes)
                        .mapToDouble(c -> f1(hits[c], marked[c]))
                        .average()
                        .orElse(0));
        figures.put("exact_match", exact / all);
        return figures;
    }

    /** The binary cross entropy of all classes together, in nats. */
    @Override
    public double loss(int row) {
        return IntStream.range(0, labels.size())
                .mapToDouble(c -> {
                    double share = shares[row * labels.size() + c];
                    return -Math.log(Math.max(LEAST, truth[row * labels.size() + c] ? share : 1 - share));
                })
                .sum();
    }

    @Override
    public String truth(int row) {
        return names(row, truth);
    }

    @Override
    public String told(int row) {
        return IntStream.range(0, labels.size())
                .filter(c -> told(row, c))
                .mapToObj(labels::get)
                .collect(Collectors.joining(", "));
    }

    private boolean told(int row, int c) {
        return shares[row * labels.size() + c] >= thresholds.of(labels.get(c));
    }

    private String names(int row, boolean[] marks) {
        return IntStream.range(0, labels.size())
                .filter(c -> marks[row * labels.size() + c])
                .mapToObj(labels::get)
                .collect(Collectors.joining(", "));
    }

    private static double f1(double hits, double marked) {
        return marked == 0 ? 0 : 2 * hits / marked;
    }
}
