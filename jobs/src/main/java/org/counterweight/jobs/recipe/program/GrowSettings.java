package org.counterweight.jobs.recipe.program;

import java.util.ArrayList;
import java.util.List;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.incremental.run.GrowConfig;
import org.counterweight.jobs.recipe.Overrides;
import org.counterweight.train.TrainConfig;
import tools.jackson.databind.node.ObjectNode;

/**
 * How a served classifier learns new classes: what {@code cw grow} does with it, and how it is trained.
 *
 * @param train with its own defaults for a short training of all weights: 5 epochs at a rate of 2e-4
 */
public record GrowSettings(GrowConfig grow, TrainConfig train) {
    private static final String DEFAULTS = """
            grow: {memory: {per_class: 20}}
            train: {epochs: 5, lr: 2e-4, keep_best: false}
            """;

    public GrowSettings {
        if (grow.method() == GrowConfig.Method.JOINT) {
            throw new ConfigException(
                    "grow.method: joint learns all rows of all classes, which a served classifier's are"
                            + " not; take another method, or train on all rows with cw run");
        }
    }

    /**
     * The defaults with settings in their place.
     *
     * @param settings such as {@code grow.preset=author} and {@code train.lr=1e-4}
     * @throws ConfigException naming the key, the value and what is allowed
     */
    public static GrowSettings of(List<String> settings) {
        ObjectNode tree = Configs.yaml(DEFAULTS, "defaults");
        Overrides.apply(tree, settings);
        for (String key : tree.propertyNames()) {
            if (!List.of("grow", "train").contains(key)) {
                throw new ConfigException(
                        Configs.unknown("--set " + key, key, new ArrayList<>(List.of("grow", "train"))));
            }
        }
        return new GrowSettings(
                Configs.bind(tree.withObject("grow"), GrowConfig.class, "grow"),
                Configs.bind(tree.withObject("train"), TrainConfig.class, "train"));
    }
}
