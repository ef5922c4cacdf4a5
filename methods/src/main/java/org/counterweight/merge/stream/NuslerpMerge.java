package org.counterweight.merge.stream;

import static org.bytedeco.pytorch.global.torch.acos;
import static org.bytedeco.pytorch.global.torch.sin;
import static org.bytedeco.pytorch.global.torch.stack;
import static org.bytedeco.pytorch.global.torch.where;
import static org.counterweight.engine.Tensors.doubles;
import static org.counterweight.engine.Tensors.scalar;
import static org.counterweight.engine.Tensors.sum;
import static org.counterweight.engine.Tensors.times;

import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Tensors;

/**
 * Spherical interpolation of two models, or of their differences from a base, with one angle for the whole tensor, for each
 * row or for each column. Equations and constants as in mergekit's {@code nuslerp}.
 */
final class NuslerpMerge implements TensorMerge {
    private static final double LEAST_NORM = 1e-7;
    private static final double PARALLEL = 1e-8;

    /** What counts as one vector. */
    enum Vectors {
        /** The whole tensor. */
        WHOLE,
        /** Everything along the last dimension; blocks hold whole rows. */
        ROWS,
        /** Everything along the first dimension; blocks hold whole rows, of which each has one element of every column. */
        COLUMNS
    }

    private final double t;
    private final int a;
    private final int b;
    private final int base;
    private final Vectors vectors;
    private final long width;
    private double[] sums = new double[0];

    /**
     * @param t 0 for the first model, 1 for the second
     * @param base the index of the base among the inputs; −1 if there is none
     * @param width the length of a row
     */
    NuslerpMerge(double t, int a, int b, int base, Vectors vectors, long width) {
        this.t = t;
        this.a = a;
        this.b = b;
        this.base = base;
        this.vectors = vectors;
        this.width = width;
    }

    @Override
    public int passes() {
        return vectors == Vectors.ROWS ? 0 : 1; // a block has all of each row at hand
    }

    @Override
    public void look(int pass, Tensor[] inputs, long from) {
        double[] found = Tensors.toDoubles(products(vector(inputs, a), vector(inputs, b)));
        if (sums.length == 0) {
            sums = found;
        } else {
            for (int i = 0; i < found.length; i++) {
                sums[i] += found[i];
            }
        }
    }

    @Override
    public Tensor combine(Tensor[] inputs, long from) {
        Tensor u = vector(inputs, a);
        Tensor v = vector(inputs, b);
        Tensor products = vectors == Vectors.ROWS ? products(u, v) : doubles(sums, 3, 1, sums.length / 3);
        Tensor lengths = products.select(0, 0)
                .sqrt()
                .clamp_min(scalar(LEAST_NORM))
                .mul(products.select(0, 1).sqrt().clamp_min(scalar(LEAST_NORM)));
        Tensor theta = acos(products.select(0, 2)
                .div(lengths)
                .clamp(new ScalarOptional(scalar(-1)), new ScalarOptional(scalar(1))));
        Tensor sine = sin(theta);
        Tensor parallel = sine.abs().lt(scalar(PARALLEL));
        Tensor first = where(parallel, scalar(1 - t), sin(times(theta, 1 - t)).div(sine));
        Tensor second = where(parallel, scalar(t), sin(times(theta, t)).div(sine));
        ScalarType type = u.scalar_type();
        Tensor result = u.mul(first.to(type)).add_(v.mul(second.to(type))).view(-1);
        return base < 0 ? result : result.add_(inputs[base]);
    }

    private Tensor vector(Tensor[] inputs, int model) {
        Tensor whole = base < 0 ? inputs[model] : inputs[model].sub(inputs[base]);
        return vectors == Vectors.WHOLE ? whole.view(1, -1) : whole.view(-1, width);
    }

    /** Squared norms of u and of v, and their inner product, float64 {@code [3, …]} broadcastable to the block. */
    private Tensor products(Tensor u, Tensor v) {
        Tensor x = u.to(ScalarType.Double);
        Tensor y = v.to(ScalarType.Double);
        long dim = vectors == Vectors.COLUMNS ? 0 : 1;
        return stack(
                new TensorVector(sum(x.square(), true, dim), sum(y.square(), true, dim), sum(x.mul(y), true, dim)));
    }
}
