package org.counterweight.model.part;

import static org.bytedeco.pytorch.global.torch.cat;
import static org.counterweight.engine.Tensors.slice;

import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Tensors;
import org.counterweight.model.config.ConfigJson;

/**
 * Rotary position embedding: the pair (x_j, x_{j + size/2}) turns by position · θ^(−2j/size). J. Su et al., "RoFormer:
 * Enhanced Transformer with Rotary Position Embedding", 2021; the pairing is Llama's.
 *
 * @param theta the base of the frequencies
 * @param scaling how they are stretched for longer inputs
 */
public record Rope(double theta, Scaling scaling) {

    /** How frequencies are changed; {@code factor} 1 changes nothing. */
    public sealed interface Scaling {}

    /** Every frequency divided by {@code factor}; 1 for the plain embedding. */
    public record Linear(double factor) implements Scaling {}

    /**
     * Llama 3.1's: slow frequencies are divided by {@code factor}, fast ones kept, and those between interpolated.
     *
     * @param original the input length of the first training
     */
    public record Llama3(double factor, double lowFactor, double highFactor, double original) implements Scaling {}

    public Rope {
        if (!(theta > 0)) {
            throw new ConfigException("rope_theta", theta, "a positive number (10000 is usual)");
        }
    }

    public static Rope of(ConfigJson config) {
        // Newer files keep everything in rope_parameters, older ones have rope_theta and rope_scaling beside each
        // other. Where a file has both, transformers takes rope_scaling.
        ConfigJson scaling = config.at("rope_scaling");
        ConfigJson parameters = scaling.tree().isEmpty() ? config.at("rope_parameters") : scaling;
        int longest = config.count("max_position_embeddings", 2048);
        double theta = parameters.number("rope_theta", config.number("rope_theta", 10000));
        String type = parameters.text("rope_type", parameters.text("type", "default"));
        return new Rope(
                theta,
                switch (type) {
                    case "default" -> new Linear(1);
                    case "linear" -> new Linear(parameters.number("factor"));
                    case "llama3" ->
                        new Llama3(
                                parameters.number("factor"),
                                parameters.number("low_freq_factor"),
                                parameters.number("high_freq_factor"),
                                config.number(
                                        "original_max_position_embeddings",
                                        parameters.number("original_max_position_embeddings", longest)));
                    default -> throw new ConfigException("rope_type", type, "one of default, linear, llama3");
                });
    }

    /** cos and sin of every angle from position {@code first} on, {@code [length, size]} each, on that device. */
    public Angles angles(long first, long length, int size, Device device) {
        double[] angle = new double[Math.toIntExact(length * size)];
        for (int j = 0; j < size / 2; j++) {
            double frequency = scaled(Math.pow(theta, -2.0 * j / size));
            for (int p = 0; p < length; p++) {
                angle[p * size + j] = (first + p) * frequency;
                angle[p * size + j + size / 2] = (first + p) * frequency;
            }
        }
        Tensor all = Tensors.doubles(angle, length, size);
        return new Angles(
                Tensors.to(all.cos().to(ScalarType.Float), device),
                Tensors.to(all.sin().to(ScalarType.Float), device));
    }

    private double scaled(double frequency) {
        if (scaling instanceof Linear linear) {
            return frequency / linear.factor();
        }
        Llama3 l = (Llama3) scaling;
        double turns = l.original() * frequency / (2 * Math.PI); // over the original length
        if (turns > l.highFactor()) {
            return frequency;
        }
        if (turns < l.lowFactor()) {
            return frequency / l.factor();
        }
        double smooth = (turns - l.lowFactor()) / (l.highFactor() - l.lowFactor());
        return (1 - smooth) * frequency / l.factor() + smooth * frequency;
    }

    /** cos and sin by position and component, {@code [length, size]}. */
    public record Angles(Tensor cos, Tensor sin) {
        /** The turned queries or keys, {@code [rows, heads, length, size]}. */
        public Tensor turn(Tensor x) {
            long half = x.size(-1) / 2;
            Tensor swapped = cat(new TensorVector(slice(x, -1, half, 2 * half).neg(), slice(x, -1, 0, half)), -1);
            return x.mul(cos).add(swapped.mul(sin));
        }
    }
}
