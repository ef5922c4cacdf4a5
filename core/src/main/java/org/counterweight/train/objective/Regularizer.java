package org.counterweight.train.objective;

import org.bytedeco.pytorch.Tensor;
import org.counterweight.model.Params;

/** Something is added to the loss that depends on the weights alone: orthogonality, distance from a prior. */
@FunctionalInterface
public interface Regularizer {
    /** A scalar with gradient, its factor included. */
    Tensor penalty(Params params, long step);
}
