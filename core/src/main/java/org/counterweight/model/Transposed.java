package org.counterweight.model;

import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.model.module.Convolution;
import org.counterweight.model.module.Modules;
import org.jspecify.annotations.Nullable;

/**
 * A parametrization at a weight that is stored {@code [in, out]}: it sees the weight the usual way round, {@code [out, in]},
 * and what it makes of it is turned back. GPT-2's Conv1D layers and transposed convolutions need it; {@link Modules#isTransposed} tells which.
 */
public record Transposed(Parametrization inner) implements Parametrization {
    /** Stored {@code [in, out]}, and so is the result. */
    @Override
    public Tensor weight(Tensor base) {
        return inner.weight(base.transpose(0, 1)).transpose(0, 1);
    }

    @Override
    public Tensor weight(Tensor base, Pass pass) {
        return inner.weight(base.transpose(0, 1), pass).transpose(0, 1);
    }

    @Override
    public Tensor apply(Tensor x, Tensor base, @Nullable Tensor bias, Pass pass) {
        return inner.apply(x, base.t(), bias, pass);
    }

    @Override
    public Tensor convolve(Tensor x, Tensor base, @Nullable Tensor bias, Convolution shape, Pass pass) {
        return inner.convolve(x, base.transpose(0, 1), bias, shape, pass);
    }

    @Override
    public Parametrization with(Map<String, Tensor> tensors) {
        return new Transposed(inner.with(tensors));
    }

    @Override
    public Map<String, Tensor> trainables() {
        return inner.trainables();
    }

    @Override
    public Tensor bias(Tensor base) {
        return inner.bias(base);
    }

    @Override
    public Map<String, Tensor> statistics() {
        return inner.statistics();
    }

    @Override
    public Map<String, Tensor> shared() {
        return inner.shared();
    }

    @Override
    public Map<String, Tensor> tensors() {
        return inner.tensors();
    }
}
