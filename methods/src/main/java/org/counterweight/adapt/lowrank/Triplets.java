package org.counterweight.adapt.lowrank;

import static org.bytedeco.pytorch.global.torch.linalg_qr;
import static org.bytedeco.pytorch.global.torch.linalg_svd;
import static org.bytedeco.pytorch.global.torch.mm;
import static org.counterweight.engine.Tensors.slice;

import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.StringViewOptional;
import org.bytedeco.pytorch.T_TensorTensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Tensors;
import org.counterweight.weights.WeightsException;

/**
 * Singular triplets of a weight: W = U diag(S) V, S descending. In float32, or float64 if the weight is.
 *
 * @param u {@code [out, k]}, orthonormal columns
 * @param s {@code [k]}
 * @param v {@code [k, in]}, orthonormal rows; the signs of u's columns and v's rows are arbitrary, in pairs
 */
public record Triplets(String module, Tensor u, Tensor s, Tensor v) {
    private static final int OVERSAMPLING = 8;

    /**
     * All of them.
     *
     * @throws WeightsException if the weight is not finite, or the decomposition does not converge in float64 either
     */
    public static Triplets of(String module, Tensor base) {
        Tensor wide = wide(module, base);
        try {
            return svd(module, wide);
        } catch (RuntimeException single) {
            try {
                Triplets exact = svd(module, wide.to(ScalarType.Double));
                ScalarType type = wide.scalar_type();
                return new Triplets(module, exact.u.to(type), exact.s.to(type), exact.v.to(type));
            } catch (RuntimeException twice) {
                throw new WeightsException(
                        module + ": its singular value decomposition does not converge: " + twice.getMessage(), twice);
            }
        }
    }

    private static Triplets svd(String module, Tensor w) {
        T_TensorTensorTensor_T found = linalg_svd(w, false, new StringViewOptional());
        return new Triplets(module, new Tensor(found.get0()), new Tensor(found.get1()), new Tensor(found.get2()));
    }

    /**
     * The greatest r, nearly: a random subspace, refined by power iterations.
     *
     * <p>N. Halko, P. Martinsson and J. Tropp, "Finding Structure with Randomness", SIAM Review 2011, algorithms 4.4 and 5.1.
     */
    public static Triplets randomized(String module, Tensor base, int r, int iterations, Generator random) {
        checkRank(module, base, r);
        Tensor w = wide(module, base);
        long k = Math.min(r + OVERSAMPLING, Math.min(w.size(0), w.size(1)));
        Tensor sample = Tensors.to(
                torch.empty(w.size(1), k).to(w.scalar_type()).normal_(0, 1, Tensors.optional(random)), w.device());
        Tensor range = basis(mm(w, sample));
        for (int i = 0; i < iterations; i++) {
            range = basis(mm(w, basis(mm(w.t(), range)))); // orthonormal in between, or the small directions are lost
        }
        Triplets inside = svd(module, mm(range.t(), w));
        return new Triplets(module, mm(range, inside.u), inside.s, inside.v).greatest(r);
    }

    private static Tensor basis(Tensor columns) {
        return new Tensor(linalg_qr(columns).get0());
    }

    public Triplets greatest(int r) {
        return range(0, checkedRank(r));
    }

    Triplets least(int r) {
        return range(s.size(0) - checkedRank(r), s.size(0));
    }

    private long checkedRank(int r) {
        checkRank(module, r, s.size(0));
        return r;
    }

    private Triplets range(long from, long to) {
        return new Triplets(
                module,
                slice(u, 1, from, to).contiguous(),
                slice(s, 0, from, to).contiguous(),
                slice(v, 0, from, to).contiguous());
    }

    /** The product as s B A with the singular values' roots in both factors: A A^T = B^T B = diag(S / s). */
    LowRank balanced(double scale) {
        Tensor root = s.div(Tensors.scalar(scale)).sqrt();
        return new LowRank(root.unsqueeze(1).mul(v), u.mul(root), scale);
    }

    /** {@code base} in at least float32, checked to be finite. */
    static Tensor wide(String module, Tensor base) {
        if (!base.isfinite().all().item_bool()) {
            throw new WeightsException(module + ".weight: holds NaN or infinite values, so it has no singular values");
        }
        return base.to(LowRank.wide(base));
    }

    /**
     * Refuses a rank that the weight does not have.
     *
     * @param base {@code [out, in]}
     * @throws ConfigException unless 1 ≤ r ≤ min(out, in)
     */
    public static void checkRank(String module, Tensor base, int r) {
        checkRank(module, r, Math.min(base.size(0), base.size(1)));
    }

    public static void checkRank(String module, int r, long most) {
        if (r < 1 || r > most) {
            throw new ConfigException("r", r, "1 to " + most + ", the lesser width of " + module);
        }
    }
}
