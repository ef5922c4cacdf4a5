package org.counterweight.engine;

import org.bytedeco.pytorch.Dispatcher;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.OperatorHandle;
import org.bytedeco.pytorch.Tensor;

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
        static final OperatorHandle HANDLE = found();

        private static OperatorHandle found() {
            try (var scope = Scope.open()) {
                var handle = new OperatorHandle(
                        Dispatcher.singleton().findSchemaOrThrow("aten::_weight_norm_interface", ""));
                handle.retainReference(); // no scope frees it
                return handle;
            }
        }
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
}
