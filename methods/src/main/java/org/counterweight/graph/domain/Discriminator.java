package org.counterweight.graph.domain;

import java.util.List;
import java.util.Map;
import org.counterweight.config.ConfigException;
import org.counterweight.model.part.Perceptron;
import org.counterweight.model.part.Shapes;

/** The network that tells domains apart, and what its settings may be. */
final class Discriminator {
    private Discriminator() {}

    static void check(List<Integer> hidden, double alphaTimes, double alphaMax) {
        if (hidden.stream().anyMatch(width -> width < 1)) {
            throw new ConfigException("reweigh_edges.alignment.hidden", hidden, "widths of at least 1, such as [10]");
        }
        strength("alpha_times", alphaTimes);
        strength("alpha_max", alphaMax);
    }

    private static void strength(String field, double value) {
        if (!(value >= 0) || Double.isInfinite(value)) {
            throw new ConfigException("reweigh_edges.alignment." + field, value, "a number of at least 0");
        }
    }

    static Perceptron of(List<Integer> hidden) {
        return new Perceptron(hidden, 1);
    }

    /** The shapes of its weights, {@code 0.weight}, {@code 0.bias} and so on. */
    static Map<String, long[]> shapes(List<Integer> hidden, int width) {
        var shapes = new Shapes();
        of(hidden).shapes(shapes, "", width);
        return shapes.byName();
    }
}
