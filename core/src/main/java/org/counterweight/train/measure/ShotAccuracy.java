package org.counterweight.train.measure;

import java.util.LinkedHashMap;
import java.util.List;
import org.counterweight.config.Checks;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Setting;

/**
 * Accuracy of the classes with many, a medium number of, and few rows to learn from: in each group the mean over its classes
 * of the share that is found.
 *
 * <p>Z. Liu et al., "Large-Scale Long-Tailed Recognition in an Open World", CVPR 2019, section 5; a class with exactly as
 * many rows as a bound is a medium one, as in their code. A group without classes has no figure.
 */
public record ShotAccuracy(
        @Setting(
                value = "A class with more rows to learn from than this has many",
                defaultsTo = "100",
                range = "at least few")
        int many,

        @Setting(
                value = "A class with fewer rows to learn from than this has few",
                defaultsTo = "20",
                range = "at least 1; 20 is usual")
        int few)
        implements MetricConfig {
    private static final List<String> NAMES = List.of("many_shot", "medium_shot", "few_shot");

    public ShotAccuracy {
        Checks.ranges(ShotAccuracy.class, "train.metrics", few);
        if (many < few) {
            throw new ConfigException("train.metrics.many", many, "an integer of at least few, which is " + few);
        }
    }

    @Override
    public List<String> figures() {
        return NAMES;
    }

    @Override
    public Metric create(List<Double> learnt) {
        return new ClassRecall(recall -> {
            var figures = new LinkedHashMap<String, Double>();
            for (int group = 0; group < NAMES.size(); group++) {
                int wanted = group;
                String name = NAMES.get(group);
                recall.mean(c -> group(learnt.get(c)) == wanted).ifPresent(mean -> figures.put(name, mean));
            }
            return figures;
        });
    }

    private int group(double rows) {
        return rows > many ? 0 : rows < few ? 2 : 1;
    }
}
