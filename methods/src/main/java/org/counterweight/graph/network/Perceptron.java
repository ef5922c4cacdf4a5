package org.counterweight.graph.network;

import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Params;

/**
 * Linear layers with a relu between them, none after the last: heads and discriminators.
 *
 * @param layers how many, at least 1: {@code 0.weight}, {@code 0.bias} and so on
 */
public record Perceptron(int layers) {
    /** @throws IllegalArgumentException if there is no layer */
    public Perceptron {
        if (layers < 1) {
            throw new IllegalArgumentException("cls_layers, dc_layers: " + layers + "; give at least 1");
        }
    }

    /** From {@code [rows, in]} to {@code [rows, out]}. */
    public Tensor apply(Params params, Tensor h) {
        Tensor out = h;
        for (int i = 0; i < layers; i++) {
            Params layer = params.at(Integer.toString(i));
            Tensor in = i == 0 ? out : out.relu();
            out = Tensors.linear(in, layer.weight("weight"), layer.weight("bias"));
        }
        return out;
    }
}
