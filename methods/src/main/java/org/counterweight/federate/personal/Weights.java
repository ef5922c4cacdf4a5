package org.counterweight.federate.personal;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Tensors;
import org.counterweight.federate.client.FederationException;
import org.counterweight.federate.client.Updates;

/** Sums of weights by name. */
final class Weights {
    private Weights() {}

    /** {@code a + factor b}. */
    static Map<String, Tensor> add(Map<String, Tensor> a, Map<String, Tensor> b, double factor) {
        var sum = new LinkedHashMap<String, Tensor>();
        a.forEach((name, tensor) -> sum.put(name, Tensors.add(tensor.detach(), of(b, name), factor)));
        return sum;
    }

    /** {@code share a + (1 − share) b}. */
    static Map<String, Tensor> mix(Map<String, Tensor> a, Map<String, Tensor> b, double share) {
        var mixed = new LinkedHashMap<String, Tensor>();
        a.forEach((name, tensor) ->
                mixed.put(name, Tensors.add(Tensors.times(tensor.detach(), share), of(b, name), 1 - share)));
        return mixed;
    }

    /** ⟨a, b⟩ over all names. */
    static double dot(Map<String, Tensor> a, Map<String, Tensor> b) {
        double sum = 0;
        for (var entry : a.entrySet()) {
            sum += Updates.dot(entry.getValue(), of(b, entry.getKey()));
        }
        return sum;
    }

    private static Tensor of(Map<String, Tensor> weights, String name) {
        return Objects.requireNonNull(weights.get(name), name).detach();
    }

    static void requireRate(double rate) {
        if (!(rate > 0) || Double.isInfinite(rate)) {
            throw new FederationException("the learning rate is " + rate + ", but must be a number above 0");
        }
    }
}
