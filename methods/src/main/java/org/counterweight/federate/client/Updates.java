package org.counterweight.federate.client;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;

/**
 * Tensors by name as one vector: differences, products in float64, and whether two go together. Of any shapes, those of one name
 * alike; on the processor or on one device.
 */
public final class Updates {
    private Updates() {}

    /**
     * {@code after − before}, each of the shape and type of {@code before}; of the open scope.
     *
     * @param client in words for messages
     * @throws FederationException if names or shapes differ
     */
    public static Map<String, Tensor> difference(Map<String, Tensor> after, Map<String, Tensor> before, String client) {
        requireLike(before, after, client);
        var difference = new LinkedHashMap<String, Tensor>();
        before.forEach((name, tensor) -> difference.put(
                name, Objects.requireNonNull(after.get(name), name).detach().sub(tensor.detach())));
        return difference;
    }

    /** All of them end to end, in the order of the map: {@code [m]}. */
    public static Tensor flat(Map<String, Tensor> tensors) {
        var parts = new TensorVector();
        tensors.values().forEach(tensor -> parts.push_back(tensor.detach().reshape(-1)));
        return torch.cat(parts, 0);
    }

    /**
     * ⟨a, b⟩ over all elements, in float64 whatever the type of the two.
     *
     * @param a of any shape, {@code b} of as many elements
     */
    public static double dot(Tensor a, Tensor b) {
        try (var scope = Scope.open()) {
            return a.detach()
                    .reshape(-1)
                    .to(ScalarType.Double)
                    .dot(b.detach().reshape(-1).to(ScalarType.Double))
                    .item_double();
        }
    }

    /** Whether a tensor is aggregated: counters, of whole numbers or without a shape, keep their value. */
    public static boolean isAggregated(Tensor tensor) {
        return tensor.is_floating_point() && tensor.dim() > 0;
    }

    /** Whether no number of what is aggregated is NaN or infinite. */
    public static boolean isFinite(Map<String, Tensor> update) {
        try (var scope = Scope.open()) {
            return update.values().stream()
                    .allMatch(tensor -> !isAggregated(tensor)
                            || tensor.detach().isfinite().all().item_bool());
        }
    }

    /**
     * Refuses what cannot be added to the global state.
     *
     * @param client in words for messages
     * @throws FederationException if the names or the shapes of a client's tensors are not those of the global state
     */
    public static void requireLike(Map<String, Tensor> global, Map<String, Tensor> update, String client) {
        for (var entry : global.entrySet()) {
            String name = entry.getKey();
            String wanted = Arrays.toString(Tensors.shape(entry.getValue()));
            Tensor found = update.get(name);
            if (found == null) {
                throw new FederationException("client " + client + " sent no " + name + ", " + wanted
                        + " in the global model; it must train the model that it was sent");
            }
            String shape = Arrays.toString(Tensors.shape(found));
            if (!shape.equals(wanted)) {
                throw new FederationException("client " + client + " sent " + name + " of shape " + shape
                        + ", in the global model it is " + wanted + "; it must train the model that it was sent");
            }
        }
        for (var entry : update.entrySet()) {
            if (!global.containsKey(entry.getKey())) {
                throw new FederationException("client " + client + " sent " + entry.getKey() + ", "
                        + Arrays.toString(Tensors.shape(entry.getValue()))
                        + ", which the global model does not have; it must train the model that it was sent");
            }
        }
    }
}
