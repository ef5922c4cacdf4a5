package org.counterweight.model;

import java.util.function.BiFunction;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Tensors;
import org.counterweight.model.module.Convolution;
import org.jspecify.annotations.Nullable;

/**
 * A module as its weights lie in a model, and what stands in place of the weight.
 *
 * @param name in full, for messages
 * @param base the stored weight
 * @param bias null without one
 * @param standing what computes the weight in effect; null where that is the stored one
 */
record StoredModule(
        String name,
        Tensor base,
        @Nullable Tensor bias,
        @Nullable Parametrization standing) {
    /** {@code x W^T + b}, in bf16 where the weight is held in it. */
    Tensor product(Tensor x, Pass pass) {
        return inTypeOf(x, (in, b) -> standing == null ? plain(in, base, b, pass) : standing.apply(in, base, b, pass));
    }

    /** x W^T + b with a weight in whose place nothing stands. */
    static Tensor plain(Tensor x, Tensor weight, @Nullable Tensor bias, Pass pass) {
        return pass.past() == null || x.requires_grad() || weight.requires_grad()
                ? Tensors.linear(x, weight, bias)
                : Tensors.linearOfFewRows(x, weight, bias);
    }

    /** The same of a weight that is stored {@code [in, out]}, of the type of x. */
    Tensor conv1d(Tensor x, Pass pass) {
        Transposed transposed = transposed();
        return Tensors.as(
                inTypeOf(
                        x,
                        (in, b) -> transposed == null
                                ? Tensors.linear(in, base.t(), b)
                                : transposed.apply(in, base, b, pass)),
                x);
    }

    Tensor conv(Tensor x, Convolution shape, Pass pass) {
        if (shape.direction() == Convolution.Direction.TRANSPOSED) {
            Transposed transposed = transposed();
            return transposed == null
                    ? shape.apply(x, base.transpose(0, 1), bias)
                    : transposed.convolve(x, base, bias, shape, pass);
        }
        return standing == null ? shape.apply(x, base, bias) : standing.convolve(x, base, bias, shape, pass);
    }

    Tensor embedding(Tensor ids) {
        return standing == null ? torch.embedding(base, ids) : standing.lookup(ids, base);
    }

    Tensor embedding(long from, long to) {
        return standing == null
                ? Tensors.slice(base, 0, from, to)
                : standing.lookup(
                        torch.arange(Tensors.scalar(from), Tensors.scalar(to), Tensors.options(ScalarType.Long))
                                .to(base.device(), ScalarType.Long),
                        base);
    }

    /** A product with a weight held in bf16 is taken in bf16, and one with any other weight in the weight's own type. */
    private Tensor inTypeOf(Tensor x, BiFunction<Tensor, @Nullable Tensor, Tensor> product) {
        boolean isHalf = x.scalar_type().intern() == ScalarType.BFloat16;
        if (base.scalar_type().intern() != ScalarType.BFloat16) {
            return product.apply(isHalf ? Tensors.as(x, base) : x, bias);
        }
        boolean isWide = x.scalar_type().intern() == ScalarType.Float;
        return product.apply(
                isWide ? x.to(ScalarType.BFloat16) : x, bias == null ? null : bias.to(ScalarType.BFloat16));
    }

    /** What stands at a weight that is stored {@code [in, out, …]}: a square one would else be adapted wrongly, in silence. */
    private @Nullable Transposed transposed() {
        if (standing == null || standing instanceof Transposed) {
            return (Transposed) standing;
        }
        throw new IllegalArgumentException(
                name + ".weight is stored [in, out]: wrap what stands at it in " + Transposed.class.getSimpleName());
    }
}
