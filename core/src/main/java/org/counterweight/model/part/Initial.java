package org.counterweight.model.part;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Tensors;

/** How fresh weights are drawn. */
public final class Initial {
    private Initial() {}

    /** One rule a weight. */
    @FunctionalInterface
    public interface Rule {
        Tensor draw(String name, long[] shape);
    }

    public static Map<String, Tensor> each(Map<String, long[]> shapes, Rule rule) {
        var all = new LinkedHashMap<String, Tensor>();
        shapes.forEach((name, shape) -> all.put(name, rule.draw(name, shape)));
        return Collections.unmodifiableMap(all);
    }

    public static Tensor normal(long[] shape, double deviation, Generator random) {
        return torch.empty(shape).normal_(0, deviation, Tensors.optional(random));
    }

    static Tensor uniform(long[] shape, double bound, Generator random) {
        return torch.empty(shape).uniform_(-bound, bound, Tensors.optional(random));
    }

    static Tensor ones(long[] shape) {
        return torch.ones(shape);
    }

    /**
     * What PyTorch's Linear and Conv2d draw: uniform in ±1/√(inputs), weight and bias alike.
     *
     * @param inputs how many inputs one output has
     */
    public static Tensor fanIn(long[] shape, long inputs, Generator random) {
        return uniform(shape, 1 / Math.sqrt(inputs), random);
    }

    /**
     * The rule of Hugging Face's transformers: normal weights, zero biases, normalisations of one and zero.
     *
     * @param padding the id whose embedding is zero, or −1
     */
    public static Tensor transformer(
            String name, long[] shape, double deviation, String wordEmbeddings, int padding, Generator random) {
        if (name.endsWith(".bias")) {
            return Tensors.zeros(shape);
        }
        if (shape.length == 1) {
            return ones(shape);
        }
        Tensor weight = normal(shape, deviation, random);
        if (name.equals(wordEmbeddings) && padding >= 0 && padding < shape[0]) {
            weight.select(0, padding).zero_();
        }
        return weight;
    }

    /**
     * PyTorch's rule for sequences of Linear and Conv2d with normalisations between: weights and biases uniform in
     * ±1/√(inputs), normalisations of one and zero.
     */
    public static Map<String, Tensor> pytorch(Map<String, long[]> shapes, Generator random) {
        return each(shapes, (name, shape) -> {
            String module = name.substring(0, name.lastIndexOf('.'));
            long[] weight = shapes.get(module + ".weight");
            if (weight == null || weight.length == 1) { // a normalisation's
                boolean isOne = name.endsWith(".weight") || name.endsWith(".running_var");
                return isOne ? ones(shape) : Tensors.zeros(shape);
            }
            return fanIn(shape, Tensors.length(weight) / weight[0], random);
        });
    }
}
