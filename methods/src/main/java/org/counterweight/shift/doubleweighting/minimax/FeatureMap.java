package org.counterweight.shift.doubleweighting.minimax;

import static org.bytedeco.pytorch.global.torch.cat;
import static org.bytedeco.pytorch.global.torch.ones;
import static org.counterweight.engine.Tensors.options;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.shift.doubleweighting.Kernel;
import org.jspecify.annotations.Nullable;

/**
 * What a row is seen as: g(x).
 *
 * @param kind of the map
 * @param intercept whether a 1 stands before the features
 * @param directions of {@link Kind#RFF}, {@code [d, R]}; of {@link Kind#RELU}, {@code [d + 1, R]}, the last row being
 *     offsets; else null
 */
public record FeatureMap(
        Kind kind, boolean intercept, @Nullable Tensor directions) {
    /** Kinds of maps. */
    public enum Kind {
        /** x. */
        LINEAR,
        /** (x, x²), element by element. */
        POLYNOMIAL2,
        /** (x, x², x³), element by element. */
        POLYNOMIAL3,
        /** √(1/R) (cos(x u_1), …, cos(x u_R), sin(x u_1), …, sin(x u_R)), u of variance 1/σ²: random Fourier features. */
        RFF,
        /** max(0, x u + b): random rectified units. */
        RELU
    }

    public FeatureMap {
        boolean drawn = kind == Kind.RFF || kind == Kind.RELU;
        if (drawn != (directions != null)) {
            throw new IllegalArgumentException(kind + (drawn ? " needs directions" : " takes no directions"));
        }
    }

    /** A map without anything drawn. */
    public static FeatureMap of(Kind kind, boolean intercept) {
        return new FeatureMap(kind, intercept, null);
    }

    /**
     * A map with its directions drawn.
     *
     * @param dimensions d
     * @param sigma bandwidth; random units look at x / σ
     * @param pairs R: the map has 2R features with {@link Kind#RFF}, R with {@link Kind#RELU}
     */
    public static FeatureMap drawn(Kind kind, boolean intercept, long dimensions, double sigma, int pairs, Seed seed) {
        return switch (kind) {
            case LINEAR, POLYNOMIAL2, POLYNOMIAL3 -> of(kind, intercept);
            case RFF -> new FeatureMap(kind, intercept, Kernel.directions(dimensions, sigma, pairs, seed));
            case RELU -> {
                Tensor u = Kernel.directions(dimensions + 1, sigma, pairs, seed);
                Tensor length = Tensors.norm2(u, true, 0);
                yield new FeatureMap(kind, intercept, u.div(length));
            }
        };
    }

    /** g of each row: {@code [n, d]} to {@code [n, dim g]}. */
    public Tensor of(Tensor x) {
        Tensor features = features(x);
        return intercept ? cat(new TensorVector(one(x), features), 1) : features;
    }

    private static Tensor one(Tensor x) {
        return ones(new long[] {x.size(0), 1}, options(ScalarType.Double));
    }

    private Tensor features(Tensor x) {
        return switch (kind) {
            case LINEAR -> x;
            case POLYNOMIAL2 -> cat(new TensorVector(x, x.square()), 1);
            case POLYNOMIAL3 -> cat(new TensorVector(x, x.square(), x.square().mul(x)), 1);
            case RFF -> Kernel.fourier(x, required());
            case RELU -> cat(new TensorVector(x, one(x)), 1).matmul(required()).relu();
        };
    }

    private Tensor required() {
        if (directions == null) {
            throw new IllegalStateException(kind + " without directions");
        }
        return directions;
    }
}
