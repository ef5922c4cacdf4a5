package org.counterweight.testing;

import java.util.Arrays;
import org.assertj.core.api.AbstractAssert;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Tensors;

/** Compares tensors; a failure prints shape, worst index, both values, the error and the tolerance. */
public final class TensorAssert extends AbstractAssert<TensorAssert, Tensor> {
    private TensorAssert(Tensor actual) {
        super(actual, TensorAssert.class);
    }

    public static TensorAssert assertTensor(Tensor actual) {
        return new TensorAssert(actual);
    }

    /** |actual − expected| ≤ atol + rtol |expected|, element by element; equal shapes; NaN equals NaN, ∞ equals ∞. */
    public TensorAssert isCloseTo(Tensor expected, double rtol, double atol) {
        isNotNull();
        long[] shape = Tensors.shape(actual);
        if (!Arrays.equals(shape, Tensors.shape(expected))) {
            failWithMessage(
                    "%sshape %s, expected %s",
                    name(), Arrays.toString(shape), Arrays.toString(Tensors.shape(expected)));
        }
        double[] a = Tensors.toDoubles(actual);
        double[] e = Tensors.toDoubles(expected);
        int worst = -1;
        double worstExcess = 0;
        for (int i = 0; i < a.length; i++) {
            double excess = a[i] == e[i] || (Double.isNaN(a[i]) && Double.isNaN(e[i]))
                    ? 0
                    : Math.abs(a[i] - e[i]) - (atol + rtol * Math.abs(e[i]));
            if (!(excess <= worstExcess)) { // NaN counts as worse than anything
                worst = i;
                worstExcess = Double.isNaN(excess) ? Double.POSITIVE_INFINITY : excess;
            }
        }
        if (worst >= 0) {
            failWithMessage(
                    "%s%s: worst at %s: %s, expected %s (error %.3g, allowed %.3g)",
                    name(),
                    Arrays.toString(shape),
                    Arrays.toString(index(worst, shape)),
                    a[worst],
                    e[worst],
                    Math.abs(a[worst] - e[worst]),
                    atol + rtol * Math.abs(e[worst]));
        }
        return this;
    }

    /** Equal to the last bit, in values and shape. */
    public TensorAssert isEqualTo(Tensor expected) {
        return isCloseTo(expected, 0, 0);
    }

    private String name() {
        String text = descriptionText();
        return text.isEmpty() ? "tensor " : text + " ";
    }

    private static long[] index(int flat, long[] shape) {
        long[] index = new long[shape.length];
        long rest = flat;
        for (int d = shape.length - 1; d >= 0; d--) {
            index[d] = rest % shape[d];
            rest /= shape[d];
        }
        return index;
    }
}
