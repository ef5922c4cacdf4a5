package org.counterweight.guide.rule;

import java.util.Arrays;
import java.util.function.BinaryOperator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Tensors;
import org.counterweight.guide.Convention;

/** What guiders do with pairs of predictions {@code [rows, ...]}: figures of a row go over all but the first dimension. */
final class Predictions {
    private Predictions() {}

    /** Applies the formula in at least float32 and gives the result back in the type of its arguments. */
    static Tensor wide(Tensor cond, Tensor uncond, BinaryOperator<Tensor> formula) {
        if (!Arrays.equals(Tensors.shape(cond), Tensors.shape(uncond))) {
            throw new IllegalArgumentException(
                    "the predictions with and without the condition are of different shapes: "
                            + Arrays.toString(Tensors.shape(cond)) + " and " + Arrays.toString(Tensors.shape(uncond)));
        }
        requireFinite(cond, "with");
        requireFinite(uncond, "without");
        ScalarType type = cond.scalar_type().intern();
        if (type == ScalarType.Float || type == ScalarType.Double) {
            return formula.apply(cond, uncond);
        }
        return formula.apply(cond.to(ScalarType.Float), uncond.to(ScalarType.Float))
                .to(type);
    }

    private static void requireFinite(Tensor prediction, String with) {
        Tensor wrong = prediction.isfinite().logical_not();
        if (wrong.any().item_bool()) {
            double value = prediction.masked_select(wrong).select(0, 0).item_double();
            throw new IllegalArgumentException("the prediction " + with + " the condition holds " + value
                    + " where a finite number is due; the model or what it was given is broken");
        }
    }

    /** {@code base + weight (cond - uncond)}. */
    static Tensor extrapolate(Tensor cond, Tensor uncond, double weight, Convention convention) {
        Tensor base = convention == Convention.OMEGA ? cond : uncond;
        return Tensors.add(base, cond.sub(uncond), weight);
    }

    /** The sum over all dimensions of a row, kept to be multiplied with it. */
    static Tensor rowSum(Tensor tensor) {
        return Tensors.sum(tensor, true, rowDims(tensor));
    }

    /** The Euclidean norm of each row. */
    static Tensor rowNorm(Tensor tensor) {
        return rowSum(tensor.mul(tensor)).sqrt();
    }

    /** The standard deviation of each row's numbers, with n - 1. */
    static Tensor rowDeviation(Tensor tensor) {
        Tensor centred = tensor.sub(Tensors.mean(tensor, true, rowDims(tensor)));
        long count = tensor.numel() / Math.max(1, tensor.size(0));
        return Tensors.times(rowSum(centred.mul(centred)), 1.0 / Math.max(1, count - 1))
                .sqrt();
    }

    private static long[] rowDims(Tensor tensor) {
        long[] dims = new long[(int) tensor.dim() - 1];
        Arrays.setAll(dims, i -> i + 1L);
        return dims;
    }

    /** One where the divisor is zero. */
    static Tensor ratio(Tensor dividend, Tensor divisor) {
        Tensor isZero = divisor.eq(Tensors.scalar(0));
        return torch.where(isZero, torch.ones_like(divisor), dividend.div(divisor));
    }

    /**
     * Each row of {@code guided} brought to the deviation of {@code cond}'s, for the share phi: S. Lin et al., "Common
     * Diffusion Noise Schedules and Sample Steps are Flawed", WACV 2024. A row without deviation stays as it is.
     */
    static Tensor rescaled(Tensor guided, Tensor cond, double phi) {
        if (phi == 0) {
            return guided;
        }
        Tensor factor = ratio(rowDeviation(cond), rowDeviation(guided));
        return guided.mul(Tensors.plus(Tensors.times(factor, phi), 1 - phi));
    }
}
