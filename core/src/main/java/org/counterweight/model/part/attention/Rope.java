package org.counterweight.model.part.attention;

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
public record Rope(double theta, RopeScaling scaling) {
    public Rope {
        if (!(theta > 0)) {
            throw new ConfigException("rope_theta", theta, "a positive number (10000 is usual)");
        }
    }

    /** @param theta where the config has none */
    public static Rope of(ConfigJson config, double theta) {
        return of(config, theta, config.count("max_position_embeddings", 2048));
    }

    /**
     * @param theta where the config has none
     * @param original the length of the first training, where the config has none
     */
    public static Rope of(ConfigJson config, double theta, int original) {
        // Newer files keep everything in rope_parameters, older ones have rope_theta and rope_scaling beside each
        // other. Where a file has both, transformers takes rope_scaling.
        ConfigJson scaling = config.at("rope_scaling");
        ConfigJson parameters = scaling.tree().isEmpty() ? config.at("rope_parameters") : scaling;
        return new Rope(
                parameters.number("rope_theta", config.number("rope_theta", theta)),
                RopeScaling.of(config, parameters, original));
    }

    /** Of the parameters for one kind of layer. */
    public static Rope of(ConfigJson config, ConfigJson parameters, double theta) {
        return new Rope(
                parameters.number("rope_theta", theta),
                RopeScaling.of(config, parameters, config.count("max_position_embeddings", 2048)));
    }

    /**
     * How many components of a head turn: {@code partial_rotary_factor} of them.
     *
     * @param otherwise the share where the config has none
     */
    public static int size(ConfigJson config, int headSize, double otherwise) {
        ConfigJson scaling = config.at("rope_scaling");
        ConfigJson parameters = scaling.tree().isEmpty() ? config.at("rope_parameters") : scaling;
        double share = parameters.number("partial_rotary_factor", config.number("partial_rotary_factor", otherwise));
        if (!(share > 0 && share <= 1)) {
            throw new ConfigException("partial_rotary_factor", share, "a share in (0, 1]");
        }
        return (int) (headSize * share);
    }

    /**
     * cos and sin of every angle from position {@code first} on, {@code [length, size]} each, on that device; of an odd size
     * one component more turns.
     */
    public Angles angles(long first, long length, int size, Device device) {
        double[] frequencies = scaling.frequencies(theta, size, first + length);
        int half = frequencies.length;
        double[] angle = new double[Math.toIntExact(length * 2 * half)];
        for (int j = 0; j < half; j++) {
            for (int p = 0; p < length; p++) {
                angle[p * 2 * half + j] = (first + p) * frequencies[j];
                angle[p * 2 * half + j + half] = angle[p * 2 * half + j];
            }
        }
        Tensor all = Tensors.doubles(angle, length, 2L * half);
        double factor = scaling.attentionFactor();
        Tensor sin = all.sin();
        slice(sin, -1, 0, half).neg_(); // of the half that the other's negative stands in for
        return new Angles(on(all.cos(), factor, device), on(sin, factor, device));
    }

    private static Tensor on(Tensor x, double factor, Device device) {
        return Tensors.to((factor == 1 ? x : Tensors.times(x, factor)).to(ScalarType.Float), device);
    }

    /**
     * By position and component, {@code [length, size]}, or {@code [rows, 1, length, size]} by row.
     *
     * @param sin negative in the first half of the components
     */
    public record Angles(Tensor cos, Tensor sin) {
        private static final long[] LAST = {-1};

        /**
         * Those of tokens whose places do not follow one another.
         *
         * @param positions {@code int64 [rows, length]}, each below this length
         */
        public Angles at(Tensor positions) {
            return new Angles(at(cos, positions), at(sin, positions));
        }

        private static Tensor at(Tensor all, Tensor positions) {
            return all.index_select(0, positions.flatten()).view(positions.size(0), 1, positions.size(1), all.size(1));
        }

        /** The turned queries or keys, {@code [rows, heads, length, size]}; components beyond the angles' stay. */
        public Tensor turn(Tensor x) {
            long turned = cos.size(-1);
            if (turned < x.size(-1)) {
                Tensor rest = slice(x, -1, turned, x.size(-1));
                return cat(new TensorVector(turn(slice(x, -1, 0, turned)), rest), -1);
            }
            Tensor swapped = x.roll(new long[] {turned / 2}, LAST); // one operation, and one backwards
            return x.mul(cos).add(swapped.mul(sin));
        }
    }
}
