package org.counterweight.reparametrize.norm;

import static org.counterweight.engine.Tensors.norm2;
import static org.counterweight.engine.Tensors.scalar;

import java.util.Arrays;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Operators;
import org.counterweight.engine.Tensors;
import org.counterweight.weights.WeightsException;

/**
 * Euclidean lengths of the parts of a weight, one a place along a dimension, or one of the whole: summed over all other
 * dimensions, which stay with size 1.
 *
 * @param dim the dimension, or {@value #WHOLE} for one length
 * @param zero what a part without a length means
 */
public record Lengths(long dim, ZeroNorm zero) {
    /** One length of the whole weight. */
    public static final long WHOLE = -1;

    /** Between these a sum of squares in float32 neither vanishes nor overflows. */
    private static final double LEAST = 1e-18;

    private static final double MOST = 1e18;

    /** What is done about a part of the weight that is zero, and so has no direction. */
    public enum ZeroNorm {
        /** Refused, by name and row. */
        ERROR,
        /** Its weight is zero and gets no gradient. */
        KEEP_ZERO
    }

    /**
     * Refuses a dimension that a weight does not have.
     *
     * @throws ConfigException with the name of the weight
     */
    public void check(String weight, long[] shape) {
        if (dim != WHOLE && (dim < 0 || dim >= shape.length)) {
            throw new ConfigException(
                    "weight_norm.dim",
                    dim,
                    "a dimension of " + weight + ", " + Arrays.toString(shape) + ": 0 to " + (shape.length - 1)
                            + ", or " + WHOLE + " for one length of the whole");
        }
    }

    /** The shape of lengths of such a weight. */
    public long[] shape(long... weight) {
        if (dim == WHOLE) {
            return new long[] {};
        }
        long[] shape = new long[weight.length];
        Arrays.fill(shape, 1);
        shape[Math.toIntExact(dim)] = weight[Math.toIntExact(dim)];
        return shape;
    }

    private long[] summed(Tensor v) {
        return LongStream.range(0, v.dim()).filter(other -> other != dim).toArray();
    }

    /**
     * ‖v‖, of {@link #shape}: also where the squares of v would vanish or overflow.
     *
     * @param v of any shape that has the dimension, float32 or float64
     */
    public Tensor of(Tensor v) {
        Tensor plain = norms(v);
        return isSafe(plain) ? plain : norms(unit(v)).mul(scale(v));
    }

    private Tensor norms(Tensor v) {
        return dim == WHOLE ? norm2(v, false, summed(v)) : norm2(v, true, summed(v));
    }

    /** Asked of every weight at every step: one pass over the lengths, and two numbers of it. */
    private static boolean isSafe(Tensor norms) {
        try (var off = Tensors.noGrad()) {
            T_TensorTensor_T ends = torch.aminmax(norms);
            double least = ends.get0().item_double();
            return least >= LEAST && ends.get1().item_double() <= MOST; // false for NaN too
        }
    }

    /** The largest magnitude of each part, 1 where it is zero; a constant. */
    private Tensor scale(Tensor v) {
        try (var off = Tensors.noGrad()) {
            Tensor largest = dim == WHOLE ? v.abs().max() : v.abs().amax(summed(v), true);
            return largest.masked_fill(largest.eq(scalar(0)), scalar(1));
        }
    }

    private Tensor unit(Tensor v) {
        return v.div(scale(v));
    }

    /**
     * g v / ‖v‖, of the shape of v; with gradients of any order.
     *
     * @param weight its name, for messages
     * @param g of {@link #shape}
     * @throws WeightsException if a part of v is zero and none may be, or is not finite
     */
    public Tensor scaled(String weight, Tensor v, Tensor g) {
        Tensor norms = norms(v);
        return isSafe(norms) ? v.mul(g.div(norms)) : careful(weight, v, g);
    }

    /**
     * {@link #scaled} in a third of the passes over v, but with gradients of the first order alone.
     *
     * @throws WeightsException as that does
     */
    public Tensor scaledOnce(String weight, Tensor v, Tensor g) {
        if (dim != WHOLE && dim != 0 && dim != v.dim() - 1) {
            return scaled(weight, v, g);
        }
        Operators.Normalized fused = fused(v, g);
        return isSafe(fused.norms()) ? fused.weight().view(Tensors.shape(v)) : careful(weight, v, g);
    }

    private Operators.Normalized fused(Tensor v, Tensor g) {
        if (dim != WHOLE && v.dim() > 1) {
            return Operators.weightNorm(v.contiguous(), g.contiguous(), dim);
        }
        return dim == WHOLE
                ? Operators.weightNorm(v.reshape(1, -1), g.reshape(1, 1), 0)
                : Operators.weightNorm(v.reshape(-1, 1), g.reshape(-1, 1), 0);
    }

    private Tensor careful(String weight, Tensor v, Tensor g) {
        if (!v.detach().isfinite().all().item_bool()) {
            throw new WeightsException(weight + ": v holds NaN or infinite values; a lower train.lr may help");
        }
        Tensor unit = unit(v);
        Tensor empty = norms(unit.detach()).eq(scalar(0));
        if (!empty.any().item_bool()) {
            return unit.mul(g.div(norms(unit)));
        }
        if (zero == ZeroNorm.ERROR) {
            throw zero(weight, empty);
        }
        Tensor norms = norms(unit.masked_fill(empty, scalar(1))); // a length of 0 has no second derivative
        Tensor held = unit.masked_fill(empty, scalar(0)); // no gradient passes here, nor there
        return held.mul(g.masked_fill(empty, scalar(0)).div(norms));
    }

    /** That some parts of a weight are zero. */
    WeightsException zero(String weight, Tensor empty) {
        long[] places = Tensors.toLongs(empty.flatten().nonzero().flatten());
        String which = dim == WHOLE
                ? "all of it is zero"
                : "row " + places[0]
                        + (places.length > 1 ? " and " + (places.length - 1) + " more" : "")
                        + (places.length > 1 ? " are zero" : " is zero")
                        + (dim == 0 ? "" : " (along dimension " + dim + ")");
        return new WeightsException(weight + ": " + which + ", and what has no length has no direction to keep;"
                + " take zero_norm: keep_zero, exclude the module, or mend the weight");
    }

    /** Refuses a weight with a part that is zero, unless those are kept. */
    void refuseZero(String weight, Tensor norms) {
        Tensor empty = norms.detach().eq(scalar(0));
        if (zero == ZeroNorm.ERROR && empty.any().item_bool()) {
            throw zero(weight, empty);
        }
    }

    /** The gradients of g and v from that of w: g' = ⟨w', v⟩ / ‖v‖, v' = (g / ‖v‖) (w' − g' v / ‖v‖). */
    record Gradients(Tensor g, Tensor v) {}

    /** For who holds w alone. */
    Gradients gradients(Tensor w, Tensor v, Tensor g, Tensor norms) {
        Tensor safe = norms.masked_fill(norms.eq(scalar(0)), scalar(1));
        Tensor product = w.mul(v);
        Tensor sums = dim == WHOLE ? product.sum() : Tensors.sum(product, true, summed(v));
        Tensor ofG = sums.div(safe);
        Tensor ofV = torch.sub(w, v.mul(ofG.div(safe))).mul(g.div(safe));
        return new Gradients(ofG, ofV.masked_fill(norms.eq(scalar(0)).expand_as(ofV), scalar(0)));
    }
}
