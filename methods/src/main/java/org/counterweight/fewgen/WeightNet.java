package org.counterweight.fewgen;

import static org.counterweight.engine.Tensors.linear;
import static org.counterweight.engine.Tensors.optional;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Tensors;

/**
 * g: what a token's likelihood counts, by how well the token tells the labels apart. Linear, ReLU, Linear, and a softmax over
 * all tokens of a batch.
 *
 * @param w1 {@code [width, 1]}
 * @param b1 {@code [width]}
 * @param w2 {@code [1, width]}
 * @param b2 {@code [1]}
 */
public record WeightNet(Tensor w1, Tensor b1, Tensor w2, Tensor b2) {
    /** A fresh one to be trained, each number uniform within 1 / √inputs of its layer. */
    public static WeightNet create(long width, Generator random) {
        double second = 1 / Math.sqrt(width);
        return new WeightNet(
                drawn(1, random, width, 1),
                drawn(1, random, width),
                drawn(second, random, 1, width),
                drawn(second, random, 1));
    }

    private static Tensor drawn(double within, Generator random, long... shape) {
        return torch.empty(shape).uniform_(-within, within, optional(random)).requires_grad_(true);
    }

    /**
     * The weights of a batch, {@code [tokens]}; they add up to 1.
     *
     * @param disc {@code [tokens]}; no gradient flows back to it
     */
    public Tensor weights(Tensor disc) {
        Tensor hidden = torch.relu(linear(disc.detach().unsqueeze(1), w1, b1));
        return Tensors.softmax(linear(hidden, w2, b2).squeeze(1), 0);
    }

    /** Its tensors by name. */
    public Map<String, Tensor> tensors() {
        var all = new LinkedHashMap<String, Tensor>();
        all.put("w1", w1);
        all.put("b1", b1);
        all.put("w2", w2);
        all.put("b2", b2);
        return Collections.unmodifiableMap(all);
    }
}
