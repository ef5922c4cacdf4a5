package org.counterweight.incremental;

import static org.bytedeco.pytorch.global.torch.matmul;
import static org.counterweight.engine.Tensors.norm2;
import static org.counterweight.engine.Tensors.scalar;
import static org.counterweight.engine.Tensors.sum;

import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Tensors;

/**
 * A class is the mean of its exemplars, and a row belongs to the nearest: iCaRL's classifier.
 *
 * @param means {@code [C, D]}, taken anew of all classes whenever the backbone has moved
 */
public record NearestMean(Tensor means) {
    /** V = F / (||F|| + ε), row by row. */
    static Tensor normalized(Tensor features, double eps) {
        return features.div(norm2(features, true, -1).add(scalar(eps)));
    }

    /** The mean of the normalised features: {@code [n, D] -> [D]}. */
    public static Tensor mean(Tensor features, double eps) {
        return Tensors.mean(normalized(features, eps), false, 0);
    }

    /** The mean of a class's exemplars, normalised again: {@code [n, D] -> [D]}. */
    public static Tensor ofExemplars(Tensor features, double eps) {
        return normalized(mean(features, eps), eps);
    }

    /** Squared Euclidean distances of the normalised features: {@code [B, D] -> [B, C]}. */
    public Tensor squaredDistances(Tensor features, double eps) {
        Tensor v = normalized(features, eps);
        return sum(v.square(), true, 1)
                .add(sum(means.square(), false, 1))
                .sub(matmul(v, means.t()).mul(scalar(2)))
                .clamp_min_(scalar(0));
    }

    /** The nearest class of each row: {@code int64 [B]}. */
    public Tensor classes(Tensor features, double eps) {
        return squaredDistances(features, eps).argmin(new LongOptional(1), false);
    }
}
