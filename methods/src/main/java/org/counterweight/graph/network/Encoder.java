package org.counterweight.graph.network;

import org.bytedeco.pytorch.Tensor;
import org.counterweight.graph.layer.Backbone;
import org.counterweight.graph.layer.Propagation;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;

/**
 * Convolutions, each, the last too, with a relu and dropout after it.
 *
 * @param backbone which
 * @param layers how many, at least 1: the weights {@code 0.…} to {@code (layers - 1).…}
 * @param dropout the probability, in [0, 1); in training alone
 */
public record Encoder(Backbone backbone, int layers, double dropout) {
    /** @throws IllegalArgumentException if a number is out of its range */
    public Encoder {
        if (layers < 1 || !(dropout >= 0 && dropout < 1)) {
            throw new IllegalArgumentException(
                    "layers: " + layers + ", dropout: " + dropout + "; give at least 1, and a number in [0, 1)");
        }
    }

    /**
     * What is known of each node, {@code [nodes, width]}.
     *
     * @param params seen from the convolutions
     */
    public Tensor embedding(Params params, Propagation propagation, Tensor x, Pass pass) {
        Tensor h = x;
        for (int i = 0; i < layers; i++) {
            Tensor out = backbone.layer(params.at(Integer.toString(i))).apply(propagation, h);
            h = pass.dropout(out.relu(), dropout);
        }
        return h;
    }
}
