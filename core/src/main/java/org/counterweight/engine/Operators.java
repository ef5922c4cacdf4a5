package org.counterweight.engine;

import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.Dispatcher;
import org.bytedeco.pytorch.GenericList;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.OperatorHandle;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.Type;
import org.jspecify.annotations.Nullable;

/** Operations of LibTorch that its Java face leaves out, called by their names through the dispatcher. */
public final class Operators {
    private Operators() {}

    /**
     * What {@link #weightNorm} gives.
     *
     * @param weight {@code g v / ‖v‖}, with gradients of the first order to both: LibTorch takes the norms for
     *     constants in the second
     * @param norms {@code ‖v‖}, of the shape of g; without a gradient
     */
    public record Normalized(Tensor weight, Tensor norms) {}

    /** The operation, looked up once. */
    private static final class WeightNorm {
        static final OperatorHandle HANDLE = found("aten::_weight_norm_interface");
    }

    /** The operation, looked up once, with those of its arguments that are always the same. */
    private static final class Linear {
        static final OperatorHandle HANDLE = found("mkldnn::_linear_pointwise");
        static final IValue NONE = kept(new IValue());
        static final IValue NOTHING_AFTER = kept(new IValue("none"));
        static final IValue NO_SCALARS = noScalars();

        /** An empty list of what the fifth argument is a list of. */
        private static IValue noScalars() {
            try (var scope = Scope.open()) {
                Type.TypePtr list = HANDLE.schema().arguments().getPointer(4).type();
                return kept(
                        new IValue(new GenericList(new Type.TypePtr(list.get().containedType(0)))));
            }
        }
    }

    private static OperatorHandle found(String name) {
        try (var scope = Scope.open()) {
            return kept(new OperatorHandle(Dispatcher.singleton().findSchemaOrThrow(name, "")));
        }
    }

    /** No scope frees it. */
    private static <P extends Pointer> P kept(P pointer) {
        pointer.retainReference();
        return pointer;
    }

    /**
     * g v / ‖v‖ in one pass over v, and backwards in one more.
     *
     * @param v contiguous, of at least two dimensions
     * @param g of v's type; of size 1 in every dimension but {@code dim}
     * @param dim the dimension that is not summed over: 0 or the last
     */
    public static Normalized weightNorm(Tensor v, Tensor g, long dim) {
        var stack = new IValueVector(new IValue(v), new IValue(g), new IValue(dim));
        WeightNorm.HANDLE.callBoxed(stack);
        return new Normalized(
                new Tensor(stack.get(0).toTensor()), new Tensor(stack.get(1).toTensor()));
    }

    /**
     * x W^T + b by oneDNN, which reads W as it lies.
     *
     * @param x {@code [..., in]}, float32 on a processor, of at least one row
     * @param weight {@code [out, in]}, likewise, contiguous
     * @return {@code [..., out]}, contiguous; without gradients
     */
    static Tensor linear(Tensor x, Tensor weight, @Nullable Tensor bias) {
        var stack = new IValueVector(
                new IValue(x),
                new IValue(weight),
                bias == null ? Linear.NONE : new IValue(bias),
                Linear.NOTHING_AFTER,
                Linear.NO_SCALARS,
                Linear.NONE);
        Linear.HANDLE.callBoxed(stack);
        return new Tensor(stack.get(0).toTensor());
    }
}
