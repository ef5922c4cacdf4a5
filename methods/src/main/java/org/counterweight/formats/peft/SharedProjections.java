package org.counterweight.formats.peft;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.formats.peft.config.PeftConfig;
import org.counterweight.weights.WeightsException;

/**
 * The random matrices that all modules of a VeRA share: stored with it, or drawn again from its seed as PEFT drew them. They
 * are as large as the largest adapted module asks for.
 *
 * @param a A, {@code [r, in]}
 * @param b B, {@code [out, r]}
 */
record SharedProjections(Tensor a, Tensor b) {
    static final String A = "vera_A";
    static final String B = "vera_B";

    /**
     * Takes them from what is stored, or draws them.
     *
     * @param weights those that the adapter stands at, {@code [out, in]}
     * @throws WeightsException if they should be stored and are not, or are too small for a module
     */
    static SharedProjections of(PeftConfig config, Map<String, Tensor> stored, List<Tensor> weights) {
        long r = config.value("r").asLong();
        if (r < 1) {
            throw new ConfigException("r", r, "an integer of at least 1");
        }
        long out = weights.stream().mapToLong(weight -> weight.size(0)).max().orElse(1);
        long in = weights.stream().mapToLong(weight -> weight.size(1)).max().orElse(1);
        Tensor a = stored.remove(A);
        Tensor b = stored.remove(B);
        if (a != null && b != null) {
            return new SharedProjections(atLeast(A, a, r, in), atLeast(B, b, out, r));
        }
        if (config.flag("save_projection")) {
            throw new WeightsException("the adapter has no base_model." + (a == null ? A : B)
                    + ", though its config says save_projection; the file is incomplete");
        }
        Generator random = new Seed(config.value("projection_prng_key").asLong()).generator();
        Tensor drawn = drawn(r, in, random); // first A, then B, as PEFT does
        return new SharedProjections(drawn, drawn(out, r, random));
    }

    /** Uniform in ±√(6 / columns), in float32, as K. He et al. draw. */
    private static Tensor drawn(long rows, long columns, Generator random) {
        double bound = Math.sqrt(3) * (Math.sqrt(2) / Math.sqrt(columns)); // in this order, as PEFT rounds it
        return Tensors.zeros(rows, columns).uniform_(-bound, bound, Tensors.optional(random));
    }

    private static Tensor atLeast(String name, Tensor tensor, long rows, long columns) {
        long[] shape = Tensors.shape(tensor);
        if (shape.length != 2 || shape[0] < rows || shape[1] < columns) {
            throw new WeightsException(name + ": " + Arrays.toString(shape) + ", but the adapter's modules need ["
                    + rows + ", " + columns + "]; it belongs to another base or another rank");
        }
        return tensor;
    }
}
