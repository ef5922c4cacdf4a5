package org.counterweight.model;

import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Tensors;
import org.counterweight.model.module.Convolution;
import org.jspecify.annotations.Nullable;

/**
 * A named weight is computed from other tensors: the first of the verbs. {@link Params} asks the parametrization that
 * stands at a weight's name; where there is none, the weight itself is used.
 *
 * <p>Implementations are records: their tensors are components, and nothing in them knows of files, devices or training.
 */
public interface Parametrization {
    /**
     * The effective weight.
     *
     * @param base the frozen weight, {@code [out, in]} (a convolution's: {@code [out, in, kernel…]})
     * @return of the same shape, with a gradient to {@link #trainables}
     */
    Tensor weight(Tensor base);

    /**
     * The same in a form that need not be differentiated more often than the pass says, which may be faster.
     */
    default Tensor weight(Tensor base, Pass pass) {
        return weight(base);
    }

    /**
     * {@code x W'^T + bias}; to be overridden where W' need not be built.
     *
     * @param x {@code [..., in]}
     * @param bias {@code [out]}, or null
     * @return {@code [..., out]}
     */
    default Tensor apply(Tensor x, Tensor base, @Nullable Tensor bias, Pass pass) {
        return Tensors.linear(x, weight(base), bias);
    }

    /**
     * The rows of an embedding table; to be overridden where W' need not be built.
     *
     * @param ids int64, {@code [...]}
     * @param base the table, {@code [vocabulary, width]}
     * @return {@code [..., width]}
     */
    default Tensor lookup(Tensor ids, Tensor base) {
        return torch.embedding(weight(base), ids);
    }

    /**
     * The convolution; to be overridden where W' need not be built.
     *
     * @param x {@code [rows, in, …]}
     * @param base {@code [out, in, kernel…]}, whichever way the convolution goes
     * @param bias {@code [out]}, or null
     */
    default Tensor convolve(Tensor x, Tensor base, @Nullable Tensor bias, Convolution shape, Pass pass) {
        return shape.apply(x, weight(base), bias);
    }

    /**
     * The bias that goes with the {@link #weight} in a model that needs no parametrization: the module's own, unless
     * {@link #apply} does more in evaluation than multiply.
     *
     * @param base the module's bias, {@code [out]}
     */
    default Tensor bias(Tensor base) {
        return base;
    }

    /**
     * The tensors that the data moves while training and the optimizer does not, by names beside the module's; they are among
     * {@link #tensors}. A training pass tells {@link Pass#statistics} what each becomes, under its full name.
     */
    default Map<String, Tensor> statistics() {
        return Map.of();
    }

    /**
     * The same with these tensors in place of its own: for steps that are unrolled.
     *
     * @param tensors by the names of {@link #trainables} and {@link #shared}; what is not among them stays
     */
    Parametrization with(Map<String, Tensor> tensors);

    /** The tensors that training moves, by the name under which they are saved beside the module's ({@code lora_A.weight}). */
    Map<String, Tensor> trainables();

    /**
     * The tensors that several parametrizations hold in common and training moves once, by their full name in the model; not
     * among {@link #trainables}.
     */
    default Map<String, Tensor> shared() {
        return Map.of();
    }

    /** What must be saved to have the same parametrization again on the same base: {@link #trainables}, and what stays fixed. */
    default Map<String, Tensor> tensors() {
        return trainables();
    }
}
