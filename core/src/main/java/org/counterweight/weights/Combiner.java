package org.counterweight.weights;

import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * Several sets of weights become one: models are merged, interpolated, aggregated, aligned. Called once a tensor name, so
 * that a merge needs the memory of one tensor of each model.
 */
@FunctionalInterface
public interface Combiner {
    /**
     * The combined tensor.
     *
     * @param name the tensor's name, the same in all models
     * @param tensors one a model, in the order of the models, all of one shape
     * @return of the same shape, and of the type of the first
     */
    Tensor combine(String name, List<Tensor> tensors);
}
