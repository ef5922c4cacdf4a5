package org.counterweight.model.part.layer;

import static org.counterweight.engine.Tensors.times;

import org.bytedeco.pytorch.Tensor;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.part.Shapes;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of what the parts of a layer give before it is added to the state. What is not asked for costs nothing.
 *
 * @param scale a number that multiplies it; 1 for none
 * @param attention the name, in the layer, of a vector {@code [width]} that multiplies what attention gives; null for none
 * @param feedForward the same for the feed-forward part. H. Touvron et al., "Going deeper with Image Transformers", ICCV 2021
 * @param depthDropout the probability that a row skips the part in training. G. Huang et al., "Deep Networks with Stochastic
 *     Depth", ECCV 2016
 */
public record Residual(
        double scale, @Nullable String attention, @Nullable String feedForward, double depthDropout) {
    /** Added as it is. */
    public static final Residual PLAIN = new Residual(1, null, null, 0);

    /** Multiplied by a number. */
    public static Residual scaled(double scale) {
        return new Residual(scale, null, null, 0);
    }

    Tensor ofAttention(Params layer, Tensor given, Pass pass) {
        return of(layer, attention, given, pass);
    }

    Tensor ofFeedForward(Params layer, Tensor given, Pass pass) {
        return of(layer, feedForward, given, pass);
    }

    private Tensor of(Params layer, @Nullable String vector, Tensor given, Pass pass) {
        Tensor scaled = scale == 1 ? given : times(given, scale);
        Tensor stretched = vector == null ? scaled : scaled.mul(layer.weight(vector));
        return pass.dropRows(stretched, depthDropout);
    }

    /** Whether a weight of that full name is one of the vectors. */
    public boolean holds(String name) {
        return isNamed(name, attention) || isNamed(name, feedForward);
    }

    private static boolean isNamed(String name, @Nullable String vector) {
        return vector != null && name.endsWith("." + vector);
    }

    Shapes shapes(Shapes shapes, String layer, long width) {
        if (attention != null) {
            shapes.put(layer + attention, width);
        }
        return feedForward == null ? shapes : shapes.put(layer + feedForward, width);
    }
}
