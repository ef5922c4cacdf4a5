package org.counterweight.train.measure;

import java.util.LinkedHashMap;
import java.util.List;

/** Accuracy with every class counted the same: the mean over the classes that occur of the share that is found. */
public record BalancedAccuracy() implements MetricConfig {
    private static final String NAME = "balanced_accuracy";

    @Override
    public List<String> figures() {
        return List.of(NAME);
    }

    @Override
    public Metric create(List<Double> learnt) {
        return new ClassRecall(recall -> {
            var figures = new LinkedHashMap<String, Double>();
            recall.mean(c -> true).ifPresent(mean -> figures.put(NAME, mean));
            return figures;
        });
    }
}
