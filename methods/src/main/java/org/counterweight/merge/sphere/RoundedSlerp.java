package org.counterweight.merge.sphere;

import org.counterweight.merge.block.Blocks;
import org.counterweight.merge.block.TensorMerge;

/**
 * {@link SlerpMerge} as mergekit computes it, in float32 whatever the models are stored in, with a rounding after each
 * operation.
 *
 * <p>Sums over a tensor are exact here before they are rounded to float32. Those of NumPy and of its BLAS are not, and depend
 * on the machine; a factor can so differ in its last bits, and now and then an element by one place.
 */
public final class RoundedSlerp implements TensorMerge {
    private static final float PARALLEL = 0.9995f;
    private static final float ZERO_NORM = 1e-8f;

    private final double t;
    private final int base;
    private final double[] squares = new double[2];
    private double product;

    /** Arguments as for {@link SlerpMerge}. */
    public RoundedSlerp(double t, int base) {
        this.t = t;
        this.base = base;
    }

    @Override
    public int passes() {
        return 2;
    }

    @Override
    public void look(int pass, double[][] inputs, int count, long from) {
        if (pass == 0) {
            for (int i = 0; i < 2; i++) {
                squares[i] += Blocks.dot(inputs[i], inputs[i], 0, count);
            }
            return;
        }
        float first = norm(0);
        float second = norm(1);
        double sum = 0;
        for (int e = 0; e < count; e++) {
            sum += (float) inputs[0][e] / first * ((float) inputs[1][e] / second);
        }
        product += sum;
    }

    private float norm(int i) {
        float norm = (float) Math.sqrt((float) squares[i]);
        return norm > ZERO_NORM ? norm : 1;
    }

    @Override
    public void combine(double[][] inputs, int count, long from, double[] result) {
        float cosine = (float) product;
        float first = (float) (1 - t);
        float second = (float) t;
        if (!(Math.abs(cosine) > PARALLEL)) {
            float theta = (float) Math.acos(cosine);
            float sine = (float) Math.sin(theta);
            float part = theta * (float) t;
            first = (float) Math.sin(theta - part) / sine;
            second = (float) Math.sin(part) / sine;
        }
        double[] a = inputs[base];
        double[] b = inputs[1 - base];
        for (int e = 0; e < count; e++) {
            result[e] = first * (float) a[e] + second * (float) b[e];
        }
    }
}
