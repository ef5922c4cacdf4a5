package org.counterweight.model.part;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Tensors;

/** The function between two linear layers. */
public enum Activation {
    /** x Φ(x), with the exact normal distribution function. */
    GELU(torch::gelu),
    /** 0.5 x (1 + tanh(√(2/π) (x + 0.044715 x³))). */
    GELU_TANH(x -> torch.gelu(x, "tanh")),
    /** The exact one, at most 10. */
    GELU_CLIPPED(x -> torch.gelu(x).clamp_max(Tensors.scalar(10))),
    RELU(torch::relu),
    /** max(0, x)². */
    RELU_SQUARED(x -> torch.relu(x).square()),
    /** min(max(0, x), 6). */
    RELU_6(torch::relu6),
    /** x, and 0.01 x below 0. */
    LEAKY_RELU(torch::leaky_relu),
    /** x / (1 + exp(−1.702 x)): CLIP's. */
    QUICK_GELU(x -> x.mul(torch.sigmoid(Tensors.times(x, 1.702)))),
    /** x / (1 + exp(−x)). */
    SILU(torch::silu),
    /** x min(max(0, x + 3), 6) / 6. */
    HARD_SWISH(torch::hardswish),
    /** x tanh(ln(1 + exp(x))). */
    MISH(torch::mish),
    TANH(torch::tanh),
    SIGMOID(torch::sigmoid),
    /** The distribution function of a normal with mean √½ and variance 1/(4π). X. Ma et al., "Mega", ICLR 2023. */
    LAPLACE(x -> Tensors.plus(
                    Tensors.times(Tensors.plus(x, -0.707107), 1 / (0.282095 * Math.sqrt(2)))
                            .erf(),
                    1)
            .mul(Tensors.scalar(0.5))),
    /** √ln(1 + exp(x)). */
    SQRT_SOFTPLUS(x -> torch.softplus(x).sqrt()),
    /** x itself. */
    LINEAR(x -> x);

    private static final Map<String, Activation> BY_NAME = new TreeMap<>(Map.ofEntries(
            Map.entry("gelu", GELU),
            Map.entry("gelu_python", GELU),
            Map.entry("gelu_new", GELU_TANH),
            Map.entry("gelu_pytorch_tanh", GELU_TANH),
            Map.entry("gelu_python_tanh", GELU_TANH),
            Map.entry("gelu_fast", GELU_TANH),
            Map.entry("gelu_accurate", GELU_TANH),
            Map.entry("gelu_10", GELU_CLIPPED),
            Map.entry("quick_gelu", QUICK_GELU),
            Map.entry("relu", RELU),
            Map.entry("relu2", RELU_SQUARED),
            Map.entry("relu6", RELU_6),
            Map.entry("leaky_relu", LEAKY_RELU),
            Map.entry("silu", SILU),
            Map.entry("swish", SILU),
            Map.entry("hardswish", HARD_SWISH),
            Map.entry("mish", MISH),
            Map.entry("tanh", TANH),
            Map.entry("sigmoid", SIGMOID),
            Map.entry("laplace", LAPLACE),
            Map.entry("sqrtsoftplus", SQRT_SOFTPLUS),
            Map.entry("linear", LINEAR)));

    private final UnaryOperator<Tensor> function;

    Activation(UnaryOperator<Tensor> function) {
        this.function = function;
    }

    /**
     * The activation that a Hugging Face config names.
     *
     * @param field the key it stands at, for the message
     */
    public static Activation named(String name, String field) {
        Activation found = BY_NAME.get(name);
        if (found == null) {
            throw new ConfigException(field, name, "one of " + String.join(", ", BY_NAME.keySet()));
        }
        return found;
    }

    public Tensor apply(Tensor x) {
        return function.apply(x);
    }
}
