package org.counterweight.adapt;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Params;
import org.counterweight.weights.WeightsException;

/**
 * What {@link Params#saved} gave, told apart again.
 *
 * @param own the model's own weights that were trained, by name; compared with those that they replace
 * @param added what the adapter brought, by name
 */
record SavedParams(Map<String, Tensor> own, Map<String, Tensor> added) {
    static SavedParams of(Params params, Map<String, Tensor> saved) {
        var own = new LinkedHashMap<String, Tensor>();
        var added = new LinkedHashMap<String, Tensor>();
        saved.forEach((name, tensor) -> {
            Tensor weight = params.weights().get(name);
            if (weight == null) {
                added.put(name, tensor);
            } else {
                own.put(name, fitting(name, tensor, weight).requires_grad_(true));
            }
        });
        return new SavedParams(own, added);
    }

    /** The modules that were trained whole. */
    List<String> modules() {
        return own.keySet().stream()
                .filter(name -> name.endsWith(".weight"))
                .map(Targets::module)
                .toList();
    }

    /** Takes what stands under a module, by the names below it. */
    Map<String, Tensor> take(String module) {
        var taken = new LinkedHashMap<String, Tensor>();
        for (String name : List.copyOf(added.keySet())) {
            if (name.startsWith(module + ".")) {
                taken.put(name.substring(module.length() + 1), added.remove(name));
            }
        }
        return taken;
    }

    /** Writes what the adapter brought over what a fresh one has. */
    void fill(Params fresh) {
        try (var off = Tensors.noGrad()) {
            fresh.saved().forEach((name, tensor) -> {
                if (own.containsKey(name)) {
                    return; // takes the fresh one's place as it is
                }
                Tensor stored = added.remove(name);
                if (stored == null) {
                    throw new WeightsException("has no " + name + ", which the adapter's settings ask for");
                }
                tensor.copy_(fitting(name, stored, tensor));
            });
        }
        done();
    }

    /** Nothing may be left. */
    void done() {
        if (!added.isEmpty()) {
            throw new WeightsException("has tensors that belong nowhere in this model: " + new TreeSet<>(added.keySet())
                    + "; it was made for another");
        }
    }

    private static Tensor fitting(String name, Tensor stored, Tensor like) {
        if (!Arrays.equals(Tensors.shape(stored), Tensors.shape(like))) {
            throw new WeightsException(name + " is " + Arrays.toString(Tensors.shape(stored)) + ", the model needs "
                    + Arrays.toString(Tensors.shape(like)));
        }
        if (!stored.isfinite().all().item_bool()) {
            throw new WeightsException(name + " holds NaN or infinite values; train again with a lower train.lr");
        }
        return stored;
    }
}
