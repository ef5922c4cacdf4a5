package org.counterweight.graph.domain.adversary;

import java.util.List;
import java.util.Map;
import org.counterweight.model.part.Perceptron;
import org.counterweight.model.part.Shapes;

/** The network that tells domains apart. */
public final class Discriminator {
    private Discriminator() {}

    /** One of these widths, with one output. */
    public static Perceptron of(List<Integer> hidden) {
        return new Perceptron(hidden, 1);
    }

    /** The shapes of its weights, {@code 0.weight}, {@code 0.bias} and so on. */
    public static Map<String, long[]> shapes(List<Integer> hidden, int width) {
        var shapes = new Shapes();
        of(hidden).shapes(shapes, "", width);
        return shapes.byName();
    }
}
