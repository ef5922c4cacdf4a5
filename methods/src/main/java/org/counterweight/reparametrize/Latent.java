package org.counterweight.reparametrize;

import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * A weight as a function of tensors that training moves in its place. It knows the weight in the layout in which the model
 * stores it, and nothing of modules, files or training.
 */
public interface Latent {
    /** The weight, in its stored layout, with gradients of any order to {@link #trainables}. */
    Tensor weight();

    /** The same with gradients of the first order, which may be faster. */
    default Tensor weightOnce() {
        return weight();
    }

    /** What training moves, by the names that PyTorch's parametrizations give it behind the weight's: {@code original0}. */
    Map<String, Tensor> trainables();

    /** What several weights have in common and training moves once, by full name in the model. */
    default Map<String, Tensor> shared() {
        return Map.of();
    }

    /** What is neither trained nor a constant of the settings, and so must be saved: fixed numbers, by the same names. */
    default Map<String, Tensor> fixed() {
        return Map.of();
    }

    /**
     * The same of other tensors.
     *
     * @param tensors by the names of {@link #trainables} and {@link #shared}; what is not among them stays
     */
    Latent with(Map<String, Tensor> tensors);

    /**
     * Takes the tensors of another in place, for training that goes on from them.
     *
     * @return false if they are of another form; then nothing is changed
     */
    boolean take(Latent stored);
}
