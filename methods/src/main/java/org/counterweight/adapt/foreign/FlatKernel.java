package org.counterweight.adapt.foreign;

import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Parametrization;

/**
 * An adapter of matrices at a convolution, {@code [out, in, kernel…]}: it sees the kernel as the matrix {@code [out, in ·
 * kernel]}, all that makes one output in a row, and what it makes of it is folded back. PEFT's LoRA, DoRA and AdaLoRA are so.
 *
 * @param inner the adapter of that matrix
 */
public record FlatKernel(Parametrization inner) implements Parametrization {
    /** A kernel, or a factor that is stored as one, as the matrix. */
    public static Tensor flat(Tensor kernel) {
        return kernel.flatten(1, -1);
    }

    @Override
    public Tensor weight(Tensor base) {
        return inner.weight(flat(base)).reshape(Tensors.shape(base));
    }

    @Override
    public Tensor bias(Tensor base) {
        return inner.bias(base);
    }

    @Override
    public FlatKernel with(Map<String, Tensor> tensors) {
        return new FlatKernel(inner.with(tensors));
    }

    /** Of the shapes that the matrix has. */
    @Override
    public Map<String, Tensor> trainables() {
        return inner.trainables();
    }
}
