package org.counterweight.model.part;

import java.util.Map;
import java.util.TreeSet;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Tensors;

/** The function between two linear layers. */
public enum Activation {
    /** x Φ(x), with the exact normal distribution function. */
    GELU,
    /** 0.5 x (1 + tanh(√(2/π) (x + 0.044715 x³))). */
    GELU_TANH,
    RELU,
    /** x / (1 + exp(−1.702 x)): CLIP's. */
    QUICK_GELU,
    /** x / (1 + exp(−x)). */
    SILU,
    TANH;

    private static final Map<String, Activation> BY_NAME = Map.of(
            "gelu", GELU,
            "gelu_python", GELU,
            "gelu_new", GELU_TANH,
            "gelu_pytorch_tanh", GELU_TANH,
            "gelu_fast", GELU_TANH,
            "quick_gelu", QUICK_GELU,
            "relu", RELU,
            "silu", SILU,
            "swish", SILU,
            "tanh", TANH);

    /**
     * The activation that a Hugging Face config names.
     *
     * @param field the key it stands at, for the message
     */
    public static Activation named(String name, String field) {
        Activation found = BY_NAME.get(name);
        if (found == null) {
            throw new ConfigException(field, name, "one of " + String.join(", ", new TreeSet<>(BY_NAME.keySet())));
        }
        return found;
    }

    public Tensor apply(Tensor x) {
        return switch (this) {
            case GELU -> torch.gelu(x);
            case GELU_TANH -> torch.gelu(x, "tanh");
            case RELU -> torch.relu(x);
            case QUICK_GELU -> x.mul(torch.sigmoid(Tensors.times(x, 1.702)));
            case SILU -> torch.silu(x);
            case TANH -> torch.tanh(x);
        };
    }
}
