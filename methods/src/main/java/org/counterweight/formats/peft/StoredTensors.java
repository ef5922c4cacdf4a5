package org.counterweight.formats.peft;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.weights.WeightsException;
import org.jspecify.annotations.Nullable;

/**
 * What an adapter's file holds, taken tensor by tensor until nothing is left, and what of the base it replaces. Lives as long
 * as one reading, and is good for one thread.
 *
 * @param directory where the file lies
 * @param base the base model's weights, by the model's names
 * @param stored what has not been taken yet, by the model's names
 * @param replacements whole tensors in place of the base's
 */
record StoredTensors(
        Path directory, Map<String, Tensor> base, Map<String, Tensor> stored, Map<String, Tensor> replacements) {
    StoredTensors(Path directory, Map<String, Tensor> base, Map<String, Tensor> stored) {
        this(directory, base, stored, new LinkedHashMap<>());
    }

    /** Takes a tensor; null if there is none of that name. */
    @Nullable
    Tensor take(String name) {
        return stored.remove(name);
    }

    /** Takes a tensor that must be there. */
    Tensor taken(String name) {
        Tensor tensor = stored.remove(name);
        if (tensor == null) {
            throw new WeightsException(file(), "has no " + name);
        }
        return tensor;
    }

    /** Puts a tensor in the base's place, whose shape it must have. */
    void replace(String name, Tensor tensor) {
        replacements.put(name, PeftAdapter.fitting(name, tensor, base));
    }

    /** The weight that an adapter stands on: what was stored along, or the base's. */
    Tensor weight(String name) {
        Tensor replaced = replacements.get(name);
        return replaced == null ? ofBase(name) : replaced;
    }

    Tensor ofBase(String name) {
        Tensor weight = base.get(name);
        if (weight == null) {
            throw new WeightsException("the base model has no " + name + ", which the adapter stands at");
        }
        return weight;
    }

    /** The names of the modules that have something stored under that name. */
    List<String> with(String suffix) {
        return stored.keySet().stream()
                .filter(name -> name.endsWith(suffix))
                .map(name -> name.substring(0, name.length() - suffix.length()))
                .toList();
    }

    /** @throws WeightsException if something was not taken */
    void done() {
        if (!stored.isEmpty()) {
            throw new WeightsException(
                    file(),
                    "has tensors that belong to no module of this model: " + new TreeSet<>(stored.keySet())
                            + "; the adapter was made for another base, or its config does not fit it");
        }
    }

    Path file() {
        return directory.resolve(PeftAdapter.FILE);
    }
}
