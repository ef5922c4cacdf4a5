package org.counterweight.jobs.predict.answer;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.data.table.feature.NumberFeature;
import org.counterweight.engine.Tensors;
import org.counterweight.jobs.model.ModelDescription;
import org.counterweight.jobs.predict.decide.Thresholds;
import org.counterweight.model.config.Problem;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** What a model says about each row, as its config says that its outputs are to be read. */
public final class Answers {
    private Answers() {}

    /**
     * One object a row: {@code label} and {@code probability} of the likeliest class, and with {@code top} the
     * {@code probabilities} of as many, the likeliest first; of any number of classes
     * {@code labels}, those of a probability from their threshold on, and {@code probabilities} of all; or {@code score}, {@code scores}
     * by name where there are several.
     *
     * @param logits {@code [rows, outputs]}
     * @param score how scores were standardised; null if they were not
     * @param begun what each row was asked with, which is added to
     * @param top of how many classes the probabilities are told; 0 for the likeliest class alone
     * @param thresholds from which probability on a class is told
     */
    public static List<ObjectNode> of(
            ObjectNode config,
            Tensor logits,
            @Nullable NumberFeature score,
            List<ObjectNode> begun,
            int top,
            Thresholds thresholds) {
        List<String> names = ModelDescription.labels(config);
        return switch (Problem.of(config)) {
            case CLASSES -> classes(names, Tensors.toDoubles(logits.softmax(1)), begun, top, thresholds);
            case LABEL_SETS -> labelSets(names, Tensors.toDoubles(logits.sigmoid()), begun, thresholds);
            case SCORE -> scores(names, Tensors.toDoubles(logits), score, begun);
        };
    }

    private static List<ObjectNode> classes(
            List<String> names, double[] shares, List<ObjectNode> begun, int top, Thresholds thresholds) {
        int classes = names.size();
        var lines = new ArrayList<ObjectNode>();
        for (int row = 0; row < begun.size(); row++) {
            int first = row * classes;
            int told = thresholds.chosen(names, shares, row);
            ObjectNode line =
                    begun.get(row).put("label", names.get(told)).put("probability", rounded(shares[first + told]));
            if (top > 0) {
                ObjectNode likeliest = line.putObject("probabilities");
                IntStream.range(0, classes)
                        .boxed()
                        .sorted(Comparator.comparingDouble(c -> -shares[first + c]))
                        .limit(top)
                        .forEach(c -> likeliest.put(names.get(c), rounded(shares[first + c])));
            }
            lines.add(line);
        }
        return lines;
    }

    private static List<ObjectNode> labelSets(
            List<String> names, double[] shares, List<ObjectNode> begun, Thresholds thresholds) {
        var lines = new ArrayList<ObjectNode>();
        for (int row = 0; row < begun.size(); row++) {
            ObjectNode line = begun.get(row);
            var labels = line.putArray("labels");
            ObjectNode probabilities = line.putObject("probabilities");
            for (int c = 0; c < names.size(); c++) {
                double share = shares[row * names.size() + c];
                probabilities.put(names.get(c), rounded(share));
                if (share >= thresholds.of(names.get(c))) {
                    labels.add(names.get(c));
                }
            }
            lines.add(line);
        }
        return lines;
    }

    private static List<ObjectNode> scores(
            List<String> names, double[] outputs, @Nullable NumberFeature score, List<ObjectNode> begun) {
        double mean = score == null ? 0 : score.mean();
        double deviation = score == null ? 1 : score.deviation();
        var lines = new ArrayList<ObjectNode>();
        for (int row = 0; row < begun.size(); row++) {
            ObjectNode line = begun.get(row);
            if (names.size() == 1) {
                lines.add(line.put("score", mean + deviation * outputs[row]));
                continue;
            }
            ObjectNode scores = line.putObject("scores"); // a model of others, trained to tell several at once
            for (int i = 0; i < names.size(); i++) {
                scores.put(names.get(i), outputs[row * names.size() + i]);
            }
            lines.add(line);
        }
        return lines;
    }

    private static double rounded(double share) {
        return Math.round(share * 1e4) / 1e4;
    }
}
