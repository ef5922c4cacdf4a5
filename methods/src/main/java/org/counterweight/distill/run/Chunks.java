package org.counterweight.distill.run;

import java.util.Arrays;
import java.util.function.Function;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;

/** Rows a few hundred at a time, so that a network's activations on all of them never stand in memory together. */
final class Chunks {
    private static final int SIZE = 512;

    private Chunks() {}

    /** What is made of each chunk, without gradients, of the open scope. */
    static TensorVector of(int[] rows, Function<int[], Tensor> made) {
        var parts = new TensorVector();
        for (int from = 0; from < rows.length; from += SIZE) {
            try (var scope = Scope.open();
                    var off = Tensors.noGrad()) {
                parts.push_back(made.apply(Arrays.copyOfRange(rows, from, Math.min(rows.length, from + SIZE))));
            }
        }
        return parts;
    }
}
