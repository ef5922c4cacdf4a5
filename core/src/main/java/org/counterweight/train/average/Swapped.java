package org.counterweight.train.average;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.train.state.Remembering;

/** Other values in place of what is trained, for a while: adapters and models hold the tensors, so these stay. */
public final class Swapped {
    private Swapped() {}

    /** What comes of {@code work} while {@code place} holds the values of {@code values}; at once if they are the same. */
    public static <T> T in(Map<String, Tensor> place, Map<String, Tensor> values, Supplier<T> work) {
        if (values == place) {
            return work.get();
        }
        try (var scope = Scope.open()) {
            var kept = new LinkedHashMap<String, Tensor>();
            place.forEach((name, tensor) -> kept.put(name, tensor.detach().clone()));
            copy(values, place);
            try {
                return work.get();
            } finally {
                copy(kept, place);
            }
        }
    }

    /** Gives the tensors of {@code to} the values of the same names in {@code from}. */
    public static void copy(Map<String, Tensor> from, Map<String, Tensor> to) {
        if (from == to) {
            return;
        }
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            to.forEach((name, tensor) -> tensor.copy_(Remembering.required(from, name)));
        }
    }
}
