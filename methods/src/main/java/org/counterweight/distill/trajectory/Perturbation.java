package org.counterweight.distill.trajectory;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.distill.FlatModel;
import org.counterweight.engine.Tensors;

/**
 * AST's perturbation of the weights that a segment begins with: w + α (d / ‖d‖) ⊙ w for the weight w of each convolution, d
 * normal; other weights stay.
 *
 * @param alpha α; 0 for none
 * @param scope over what the norm of d is taken
 */
public record Perturbation(double alpha, Scope scope) {
    /** What one norm is of. */
    public enum Scope {
        /** A whole weight, as published: the larger it is, the less each of its numbers moves. */
        TENSOR,
        /** Each filter, {@code [in, height, width]}. */
        FILTER
    }

    private static final int CONVOLUTION = 4; // dimensions of its weight

    /**
     * θ perturbed.
     *
     * @param theta {@code [P]}
     * @param noise d, {@code [P]}, normal; only that of convolutions is used
     */
    public Tensor apply(FlatModel model, Tensor theta, Tensor noise) {
        if (alpha == 0) {
            return theta;
        }
        var weights = new LinkedHashMap<>(model.weights(theta));
        var directions = model.weights(noise);
        weights.replaceAll((name, weight) -> {
            Tensor direction = directions.get(name);
            return weight.dim() == CONVOLUTION && direction != null
                    ? weight.add(
                            Tensors.times(direction.div(norm(direction)), alpha).mul(weight))
                    : weight;
        });
        return model.theta(Collections.unmodifiableMap(weights));
    }

    private Tensor norm(Tensor direction) {
        long[] all = {0, 1, 2, 3};
        return Tensors.norm2(direction, true, scope == Scope.TENSOR ? all : Arrays.copyOfRange(all, 1, all.length));
    }
}
