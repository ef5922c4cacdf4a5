package org.counterweight.adapt.lowrank;

import static org.bytedeco.pytorch.global.torch.cat;
import static org.bytedeco.pytorch.global.torch.empty;
import static org.bytedeco.pytorch.global.torch.mm;
import static org.bytedeco.pytorch.global.torch.zeros;
import static org.counterweight.engine.Tensors.as;
import static org.counterweight.engine.Tensors.options;
import static org.counterweight.engine.Tensors.times;

import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Tensors;

/**
 * An update s B A of a weight, kept as its two thin factors: the product is built only where a weight is merged.
 *
 * @param a A, {@code [r, in]}; r may be 0
 * @param b B, {@code [out, r]}
 * @param scale s
 */
public record LowRank(Tensor a, Tensor b, double scale) {

    /** The type in which what stands beside {@code base} is trained: float64 if the base is, else float32. */
    public static ScalarType wide(Tensor base) {
        return base.scalar_type().intern() == ScalarType.Double ? ScalarType.Double : ScalarType.Float;
    }

    /** LoRA's start: A uniform in ±1/sqrt(in), B zero. */
    static LowRank fresh(int r, double scale, Tensor base, Generator random) {
        long in = base.size(1);
        double bound = 1 / Math.sqrt(in); // Kaiming's uniform with a = sqrt(5), as the reference draws it
        TensorOptions options = options(wide(base));
        Tensor a = empty(new long[] {r, in}, options, new MemoryFormatOptional())
                .uniform_(-bound, bound, Tensors.optional(random));
        Tensor b = zeros(new long[] {base.size(0), r}, options);
        return new LowRank(trained(a, base.device()), trained(b, base.device()), scale);
    }

    /** A start drawn on the CPU, so that a seed gives the same one everywhere, on {@code device} and to be trained. */
    public static Tensor trained(Tensor start, Device device) {
        return Tensors.to(start, device).requires_grad_(true);
    }

    public long rank() {
        return a.size(0);
    }

    /** s B A, {@code [out, in]}. */
    public Tensor product() {
        return mm(times(b, scale), a);
    }

    /** {@code base + s B A} in the wider of both types, rounded once to the type of {@code base}. */
    public Tensor addedTo(Tensor base) {
        return as(base.add(product()), base);
    }

    /**
     * y + s (x A^T) B^T, computed in place of y, in y's type.
     *
     * @param y {@code [n, out]}, of which nothing else has a view
     * @param x {@code [n, in]}
     */
    public Tensor addTo(Tensor y, Tensor x) {
        Tensor low = times(mm(x, as(a, x).t()), scale); // scaled where it is thin: [n, r]
        return y.addmm_(low, as(b, x).t());
    }

    /** y + s ((x A^T) * e) B^T, with a factor for each of the r components, {@code [r]}, of x's type; as above. */
    public Tensor addTo(Tensor y, Tensor x, Tensor e) {
        Tensor low = mm(x, as(a, x).t()).mul(times(e, scale));
        return y.addmm_(low, as(b, x).t());
    }

    /** This update less another of the same scale, as one of the sum of both ranks. */
    public LowRank minus(LowRank other) {
        if (scale != other.scale) {
            throw new IllegalArgumentException("updates of scales " + scale + " and " + other.scale
                    + " have no difference with one scale; fold one into its factor first");
        }
        return new LowRank(
                cat(new TensorVector(a, as(other.a, a)), 0),
                cat(new TensorVector(b, as(other.b, b).neg()), 1),
                scale);
    }
}
