package org.counterweight.adapt.compacter;

import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/** One of the two affine maps of a {@link Bottleneck}: y = x H + b. */
public interface Projection {
    /** {@code [n, in]} to {@code [n, out]}. */
    Tensor apply(Tensor x);

    /** H itself, {@code [in, out]}. */
    Tensor matrix();

    /** {@code [out]}, or null. */
    @Nullable
    Tensor bias();

    /** Its own tensors that are trained, by AdapterHub's names. */
    Map<String, Tensor> trainables();

    /** Tensors it trains in common with other projections, by AdapterHub's names of shared parameters. */
    default Map<String, Tensor> shared() {
        return Map.of();
    }

    /**
     * The same with these tensors in place of its own and of those it has in common, by the names of {@link #trainables} and
     * {@link #shared}; what is not among them stays.
     */
    Projection with(Map<String, Tensor> tensors);

    /** Its own tensors, those that stay fixed too. */
    default Map<String, Tensor> tensors() {
        return trainables();
    }

    /** The tensors it has in common with other projections, those that stay fixed too. */
    default Map<String, Tensor> sharedTensors() {
        return shared();
    }
}
