package org.counterweight.merge.sphere;

import org.counterweight.merge.block.Blocks;
import org.counterweight.merge.block.TensorMerge;

/**
 * Spherical interpolation of two tensors as vectors: [sin((1−t)θ) a + sin(tθ) b] / sin θ, θ the angle between them; along
 * the straight line where they are nearly parallel. Norms are kept, not restored.
 *
 * <p>K. Shoemake, "Animating rotation with quaternion curves", SIGGRAPH 1985; constants as in mergekit.
 */
public final class SlerpMerge implements TensorMerge {
    private static final double PARALLEL = 0.9995;
    private static final double ZERO_NORM = 1e-8;

    private final double t;
    private final int base;
    private double aa;
    private double bb;
    private double ab;

    /**
     * @param t 0 for the base, 1 for the other
     * @param base which of the two inputs is the base, 0 or 1
     */
    public SlerpMerge(double t, int base) {
        this.t = t;
        this.base = base;
    }

    @Override
    public int passes() {
        return 1;
    }

    @Override
    public void look(int pass, double[][] inputs, int count, long from) {
        double[] a = inputs[base];
        double[] b = inputs[1 - base];
        aa += Blocks.dot(a, a, 0, count);
        bb += Blocks.dot(b, b, 0, count);
        ab += Blocks.dot(a, b, 0, count);
    }

    @Override
    public void combine(double[][] inputs, int count, long from, double[] result) {
        double first = 1 - t;
        double second = t;
        double cosine = ab / (norm(aa) * norm(bb));
        if (!(Math.abs(cosine) > PARALLEL)) {
            double theta = Math.acos(cosine);
            first = Math.sin((1 - t) * theta) / Math.sin(theta);
            second = Math.sin(t * theta) / Math.sin(theta);
        }
        Blocks.scale(inputs[base], first, count, result);
        Blocks.add(inputs[1 - base], second, count, result);
    }

    private static double norm(double square) {
        double norm = Math.sqrt(square);
        return norm > ZERO_NORM ? norm : 1; // a vector of no length stays as it is
    }
}
