package org.counterweight.model.fresh;

import java.util.List;
import java.util.Locale;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.model.part.Normalization;
import tools.jackson.databind.node.ObjectNode;

/** The sizes of a {@link org.counterweight.model.zoo.graph.GraphNetwork}, as far as all kinds of layers have them. */
sealed interface FreshGraphNetwork extends FreshModel permits FreshGcn, FreshGin, FreshSage {
    List<Integer> hidden();

    List<Integer> head();

    double dropout();

    Normalization norm();

    @Override
    default boolean needsImages() {
        return false;
    }

    @Override
    default boolean needsGraph() {
        return true;
    }

    @Override
    default ObjectNode config(List<Integer> shape) {
        ObjectNode config =
                Configs.JSON.createObjectNode().put("model_type", type()).put("num_features", shape.get(0));
        hidden().forEach(config.putArray("hidden_sizes")::add);
        head().forEach(config.putArray("head_sizes")::add);
        return config.put("dropout", dropout()).put("norm", norm().name().toLowerCase(Locale.ROOT));
    }

    /** Refuses what no record's ranges can say. */
    static void check(List<Integer> hidden, Normalization norm) {
        if (hidden.isEmpty()) {
            throw new ConfigException("model.architecture.hidden", hidden, "at least one width, such as [20, 10]");
        }
        if (norm == Normalization.INSTANCE) {
            throw new ConfigException("model.architecture.norm", "instance", "batch or none: a node is no image");
        }
    }
}
