package org.counterweight.merge.dynamic.baseline;

import static org.counterweight.engine.Tensors.scalar;

import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;

/** Coefficients that know nothing of the sample: the control of the official script. */
public enum RandomCoefficients {
    /** Even over [0, 1]. */
    UNIFORM,
    /** Normal, mean 0.5, standard deviation 0.2, clipped to [0.01, 0.99]. */
    GAUSSIAN,
    /** Normal, mean 0.8, standard deviation 0.1, clipped to [0.01, 0.99]. */
    WISE_GAUSSIAN;

    /** float64 {@code [n]}. */
    public Tensor draw(long n, Seed seed) {
        try (var scope = Scope.open()) {
            Tensor drawn = torch.zeros(new long[] {n}, Tensors.options(ScalarType.Double));
            var random = Tensors.optional(seed.generator());
            return scope.keep(
                    switch (this) {
                        case UNIFORM -> drawn.uniform_(0, 1, random);
                        case GAUSSIAN -> clipped(drawn.normal_(0.5, 0.2, random));
                        case WISE_GAUSSIAN -> clipped(drawn.normal_(0.8, 0.1, random));
                    });
        }
    }

    private static Tensor clipped(Tensor drawn) {
        return drawn.clamp(new ScalarOptional(scalar(0.01)), new ScalarOptional(scalar(0.99)));
    }
}
