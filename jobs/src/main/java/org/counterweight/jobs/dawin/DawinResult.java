package org.counterweight.jobs.dawin;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.config.Configs;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.weights.ledger.Ledger;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What models answered together, in plain numbers.
 *
 * @param models names of the models, as they were given
 * @param base that of what they were fine-tuned from, or null
 * @param reference the rows that coefficients were fitted to, or null for the answered ones
 * @param temperatures one a model
 * @param entropies in nats, one list a model
 * @param coefficients of each row, one a model
 * @param clusters those that have rows
 * @param of the cluster of each row
 * @param isClustered whether rows share merged models
 * @param probabilities {@code [rows][classes]}
 * @param accuracy shares of right answers by who gave them, the mixture last; empty without labels
 */
public record DawinResult(
        List<Path> models,
        @Nullable Path base,
        @Nullable Path reference,
        List<Double> temperatures,
        List<Spread> entropies,
        double[][] entropy,
        double[][] coefficients,
        List<Cluster> clusters,
        List<Integer> of,
        boolean isClustered,
        double[][] probabilities,
        Map<String, Double> accuracy,
        ObjectNode fitted,
        Ledger ledger) {
    /** Under which the mixture stands in {@link #accuracy}. */
    public static final String DAWIN = "dawin";

    /** A merged model: its number, its coefficients, and how many rows it answered. */
    public record Cluster(int number, List<Double> coefficients, int rows) {}

    /** Mean, standard deviation (of N − 1) and ends of some numbers. */
    public record Spread(double mean, double deviation, double lowest, double highest) {
        static Spread of(double[] values) {
            double mean = 0;
            double lowest = Double.POSITIVE_INFINITY;
            double highest = Double.NEGATIVE_INFINITY;
            for (double value : values) {
                mean += value / values.length;
                lowest = Math.min(lowest, value);
                highest = Math.max(highest, value);
            }
            double squares = 0;
            for (double value : values) {
                squares += (value - mean) * (value - mean);
            }
            return new Spread(mean, values.length < 2 ? 0 : Math.sqrt(squares / (values.length - 1)), lowest, highest);
        }

        ObjectNode json() {
            return Configs.JSON
                    .createObjectNode()
                    .put("mean", mean)
                    .put("deviation", deviation)
                    .put("lowest", lowest)
                    .put("highest", highest);
        }
    }

    static DawinResult of(
            DawinJob job,
            List<Double> temperatures,
            Mixing.Mixed mixed,
            List<Tensor> logits,
            Tensor answers,
            @Nullable Tensor uniform,
            @Nullable Tensor labels,
            Ledger ledger) {
        try (var scope = Scope.open()) {
            double[][] entropy =
                    mixed.entropies().stream().map(Tensors::toDoubles).toArray(double[][]::new);
            List<Cluster> clusters = new ArrayList<>();
            mixed.clusters()
                    .samples()
                    .forEach((number, rows) -> clusters.add(
                            new Cluster(number, mixed.clusters().coefficients().get(number), rows.length)));
            var accuracy = new LinkedHashMap<String, Double>();
            if (labels != null && uniform != null) {
                for (int m = 0; m < logits.size(); m++) {
                    accuracy.put(job.models().get(m).toString(), right(logits.get(m), labels));
                }
                accuracy.put(job.base() == null ? "interpolated half-way" : "task arithmetic", right(uniform, labels));
                accuracy.put("probabilities mixed", right(ensemble(mixed, logits, temperatures), labels));
                accuracy.put(DAWIN, right(answers, labels));
            }
            return new DawinResult(
                    job.models(),
                    job.base(),
                    job.texts().reference(),
                    List.copyOf(temperatures),
                    Arrays.stream(entropy).map(Spread::of).toList(),
                    entropy,
                    rows(mixed.coefficients()),
                    List.copyOf(clusters),
                    mixed.clusters().of(),
                    mixed.isClustered(),
                    rows(answers.to(ScalarType.Double).softmax(1)),
                    Collections.unmodifiableMap(accuracy),
                    mixed.fitted(),
                    ledger);
        }
    }

    private static double right(Tensor scores, Tensor labels) {
        return scores.argmax(new LongOptional(1), false)
                .eq(labels)
                .to(ScalarType.Double)
                .mean()
                .item_double();
    }

    /** The models' probabilities mixed with the rows' coefficients, without merging. */
    private static Tensor ensemble(Mixing.Mixed mixed, List<Tensor> logits, List<Double> temperatures) {
        Tensor sum = Tensors.zeros(Tensors.shape(logits.get(0))).to(ScalarType.Double);
        for (int m = 0; m < logits.size(); m++) {
            Tensor p = Tensors.times(logits.get(m).to(ScalarType.Double), 1 / temperatures.get(m))
                    .softmax(1);
            sum = sum.add(p.mul(mixed.coefficients().select(1, m).unsqueeze(1)));
        }
        return sum;
    }

    private static double[][] rows(Tensor matrix) {
        double[] all = Tensors.toDoubles(matrix);
        int width = Math.toIntExact(matrix.size(1));
        double[][] rows = new double[all.length / width][];
        for (int row = 0; row < rows.length; row++) {
            rows[row] = Arrays.copyOfRange(all, row * width, (row + 1) * width);
        }
        return rows;
    }

    /** The class of the highest probability. */
    int best(int row) {
        int best = 0;
        for (int c = 1; c < probabilities[row].length; c++) {
            best = probabilities[row][c] > probabilities[row][best] ? c : best;
        }
        return best;
    }

    /** One model's coefficients over the rows. */
    double[] coefficients(int model) {
        return Arrays.stream(coefficients).mapToDouble(row -> row[model]).toArray();
    }

    /** {@code dawin.json}. */
    ObjectNode json() {
        ObjectNode json = Configs.JSON.createObjectNode();
        json.put("form", base == null ? "interpolation" : "task_vectors");
        json.set("settings", ledger.config());
        if (base != null) {
            json.put("base", base.toString());
        }
        json.put("rows", of.size());
        json.put(
                "fitted_to",
                reference == null ? "the answered rows (transductive)" : reference + " (frozen for the answered rows)");
        json.set("fitted", fitted);
        ArrayNode each = json.putArray("models");
        for (int m = 0; m < models.size(); m++) {
            ObjectNode model = each.addObject();
            model.put("model", models.get(m).toString());
            model.put("temperature", temperatures.get(m));
            model.set("entropy", entropies.get(m).json());
            model.set("coefficient", Spread.of(coefficients(m)).json());
        }
        if (isClustered) {
            ArrayNode list = json.putArray("clusters");
            for (Cluster cluster : clusters) {
                ObjectNode one = list.addObject();
                one.put("cluster", cluster.number()).put("rows", cluster.rows());
                one.set("coefficients", Configs.JSON.valueToTree(cluster.coefficients()));
                one.put("model", DawinFiles.merged(cluster.number()));
            }
        }
        if (!accuracy.isEmpty()) {
            ObjectNode shares = json.putObject("accuracy");
            accuracy.forEach(shares::put);
        }
        return json;
    }
}
