package org.counterweight.graph.domain;

import java.util.List;
import java.util.Map;
import org.counterweight.model.part.Perceptron;
import org.counterweight.model.part.Shapes;

/** The network that tells domains apart. */
final class Discriminator {
    private Discriminator() {}

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
