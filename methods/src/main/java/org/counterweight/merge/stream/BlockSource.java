package org.counterweight.merge.stream;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Tensors;
import org.counterweight.weights.DType;
import org.counterweight.weights.WeightsSource;
import org.jspecify.annotations.Nullable;

/** One model's part in one merged tensor. */
@FunctionalInterface
interface BlockSource {
    /**
     * Elements {@code from} to {@code to} − 1, flat, in the type that is computed in.
     *
     * @return perhaps a view of a file, not to be written to
     */
    Tensor block(long from, long to, ScalarType work);

    /**
     * A tensor as it is stored, or its first rows.
     *
     * @param cast the type to which elements are rounded before anything else; null for as stored
     */
    static BlockSource stored(WeightsSource source, String name, @Nullable DType cast) {
        return (from, to, work) -> {
            Tensor block = Tensors.slice(source.tensor(name).view(-1), 0, from, to);
            return cast == null ? block.to(work) : block.to(cast.type()).to(work);
        };
    }
}
