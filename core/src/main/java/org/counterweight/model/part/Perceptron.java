package org.counterweight.model.part;

import java.util.List;
import java.util.function.BiConsumer;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.module.ModuleSpec;
import org.counterweight.model.module.ModuleSpec.Kind;

/**
 * Linear layers with a relu between them, none after the last: heads and discriminators. Weights {@code 0.weight}, {@code 0.bias}
 * and so on.
 *
 * @param hidden the widths between; may be empty
 * @param out the width of what comes out
 */
public record Perceptron(List<Integer> hidden, int out) {
    /** @throws IllegalArgumentException if a width is below 1 */
    public Perceptron {
        hidden = List.copyOf(hidden);
        if (out < 1 || hidden.stream().anyMatch(width -> width < 1)) {
            throw new IllegalArgumentException("every width must be at least 1: " + hidden + ", " + out);
        }
    }

    /** From {@code [rows, in]} to {@code [rows, out]}. */
    public Tensor apply(Params params, Tensor h, Pass pass) {
        Tensor x = h;
        for (int i = 0; i <= hidden.size(); i++) {
            x = params.linear(Integer.toString(i), i == 0 ? x : x.relu(), pass);
        }
        return x;
    }

    /** {@code shapes} with the weights under that path, {@code dc.} or nothing. */
    public void shapes(Shapes shapes, String path, int in) {
        declare(in, (layer, sizes) -> shapes.linear(path + layer, sizes[0], sizes[1], true));
    }

    /** {@code shapes} with the weights under that name, which are one head, replaced as a whole. */
    public void headShapes(Shapes shapes, String name, int in) {
        declare(
                in,
                (layer, sizes) -> shapes.module(new ModuleSpec(name + "." + layer, Kind.LINEAR).inHead(name), sizes)
                        .put(name + "." + layer + ".bias", sizes[0]));
    }

    private void declare(int in, BiConsumer<String, long[]> layer) {
        int width = in;
        for (int i = 0; i <= hidden.size(); i++) {
            int next = i < hidden.size() ? hidden.get(i) : out;
            layer.accept(Integer.toString(i), new long[] {next, width});
            width = next;
        }
    }
}
