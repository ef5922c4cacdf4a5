package org.counterweight.model.part;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Tensors;
import org.counterweight.model.module.ModuleSpec;
import org.counterweight.model.module.Modules;

/** How fresh weights are drawn. */
public final class Initial {
    private Initial() {}

    /** One rule a weight. */
    @FunctionalInterface
    public interface Rule {
        Tensor draw(String name, long[] shape);
    }

    /** A tensor for each name, drawn by the rule, in the order of {@code shapes}. */
    public static Map<String, Tensor> each(Map<String, long[]> shapes, Rule rule) {
        var all = new LinkedHashMap<String, Tensor>();
        shapes.forEach((name, shape) -> all.put(name, rule.draw(name, shape)));
        return Collections.unmodifiableMap(all);
    }

    /** Independent normal numbers of mean 0, float32. */
    public static Tensor normal(long[] shape, double deviation, Generator random) {
        return torch.empty(shape).normal_(0, deviation, Tensors.optional(random));
    }

    static Tensor uniform(long[] shape, double bound, Generator random) {
        return torch.empty(shape).uniform_(-bound, bound, Tensors.optional(random));
    }

    /**
     * X. Glorot and Y. Bengio, "Understanding the difficulty of training deep feedforward neural networks", AISTATS 2010,
     * equation 16: uniform in ±√(6 / (in + out)).
     *
     * @param shape {@code [out, in]}
     */
    public static Tensor glorot(long[] shape, Generator random) {
        return uniform(shape, Math.sqrt(6.0 / (shape[0] + shape[1])), random);
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
     * ±1/√(inputs), normalisations of one and zero, running statistics where their module says that they start.
     */
    public static Map<String, Tensor> pytorch(Shapes shapes, Generator random) {
        return pytorch(shapes.byName(), shapes.modules(), random);
    }

    /** The same for some of a model's tensors. */
    public static Map<String, Tensor> pytorch(Map<String, long[]> byName, Modules modules, Generator random) {
        return each(byName, (name, shape) -> {
            int dot = name.lastIndexOf('.');
            ModuleSpec spec = Objects.requireNonNull(modules.find(name.substring(0, dot)), name);
            if (spec.kind() == ModuleSpec.Kind.NORM) {
                return torch.full(shape, Tensors.scalar(start(spec, name.substring(dot + 1))));
            }
            long[] weight = Objects.requireNonNull(byName.get(spec.weight()), name);
            return fanIn(shape, Tensors.length(weight) / weight[0], random);
        });
    }

    /** Where a tensor of a normalisation starts: its scale at one, its shift at zero. */
    private static double start(ModuleSpec norm, String tensor) {
        return norm.buffers().stream()
                .filter(buffer -> buffer.name().equals(tensor))
                .findFirst()
                .map(ModuleSpec.Buffer::start)
                .orElse(tensor.equals("weight") ? 1.0 : 0.0);
    }

    /**
     * torchvision's rule for residual networks: convolutions normal with deviation √(2 / (out · height · width)), the rest as
     * {@link #pytorch}.
     */
    public static Map<String, Tensor> residual(Shapes shapes, Generator random) {
        Map<String, Tensor> plain = pytorch(shapes, random);
        return each(shapes.byName(), (name, shape) -> {
            Tensor drawn = plain.get(name);
            boolean isConvolution = shape.length == 4;
            return drawn == null || isConvolution
                    ? normal(shape, Math.sqrt(2.0 / (shape[0] * shape[2] * shape[3])), random)
                    : drawn;
        });
    }
}
