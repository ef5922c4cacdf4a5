package org.counterweight.merge;

import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;

/**
 * The arithmetic of merging: elements in float32 (float64 for weights stored so), sums in float64, one rounding to the
 * stored type at the end. In bf16 a share below 0.4 % would vanish.
 */
public final class Accumulation {
    private Accumulation() {}

    /** {@code stored}, of any shape, in the type that is computed in; itself if it has that type. */
    public static Tensor wide(Tensor stored) {
        return stored.to(isDouble(stored) ? ScalarType.Double : ScalarType.Float);
    }

    /** {@code computed}, of any shape, in the type of {@code stored}: the nearest, ties to even. */
    public static Tensor rounded(Tensor computed, Tensor stored) {
        return computed.to(stored.scalar_type());
    }

    /**
     * The mean before it is rounded to the stored type, for what is computed with it; one tensor at a time is widened.
     *
     * @param stored one or more, of one shape, which is the result's
     */
    public static Tensor mean(List<Tensor> stored) {
        try (var scope = Scope.open()) {
            Tensor sum = wide(stored.get(0));
            for (int i = 1; i < stored.size(); i++) {
                try (var inner = Scope.open()) {
                    Tensor next = wide(stored.get(i));
                    if (i == 1) {
                        sum = inner.keep(sum.add(next)); // the first may be the model's own
                    } else {
                        sum.add_(next);
                    }
                }
            }
            return scope.keep(sum.div(Tensors.scalar(stored.size())));
        }
    }

    private static boolean isDouble(Tensor tensor) {
        return tensor.scalar_type().intern() == ScalarType.Double;
    }
}
