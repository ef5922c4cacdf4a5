package org.counterweight.model;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Tensors;
import org.counterweight.model.module.ModuleSpec;
import org.counterweight.weights.WeightsException;
import org.jspecify.annotations.Nullable;

/**
 * What stands beside or in place of a model's weights, and the names of its tensors.
 *
 * @param parametrizations by the name of the weight
 * @param taps by the point
 */
record Attached(
        Map<String, Parametrization> parametrizations,
        Map<String, Tap> taps,
        @Nullable Prefix prefix) {
    static final Attached NOTHING = new Attached(Map.of(), Map.of(), null);

    Attached {
        parametrizations = Collections.unmodifiableMap(new LinkedHashMap<>(parametrizations));
        taps = Collections.unmodifiableMap(new LinkedHashMap<>(taps));
    }

    Attached parametrized(Map<String, ? extends Parametrization> byWeight) {
        var all = new LinkedHashMap<>(parametrizations);
        all.putAll(byWeight);
        return new Attached(all, taps, prefix);
    }

    Attached tapped(Map<String, ? extends Tap> byPoint) {
        var all = new LinkedHashMap<>(taps);
        all.putAll(byPoint);
        return new Attached(parametrizations, all, prefix);
    }

    Attached prefixed(Prefix with) {
        return new Attached(parametrizations, taps, with);
    }

    /** @throws IllegalStateException if two share different tensors under one name */
    Map<String, Tensor> trainables() {
        var all = new LinkedHashMap<String, Tensor>();
        parametrizations.forEach((weight, parametrization) -> {
            inOrder(parametrization.trainables())
                    .forEach((name, tensor) -> all.put(module(weight) + "." + name, tensor));
            share(all, parametrization.shared(), "the parametrization at " + weight);
        });
        taps.forEach((point, tap) -> {
            inOrder(tap.trainables()).forEach((name, tensor) -> all.put(point + "." + name, tensor));
            share(all, tap.shared(), "the tap at " + point);
        });
        if (prefix != null) {
            all.putAll(inOrder(prefix.trainables()));
        }
        return all;
    }

    /** By name: the order of {@code Map.of} is another in each JVM, and a norm over all gradients would be another too. */
    private static Map<String, Tensor> inOrder(Map<String, Tensor> tensors) {
        return new TreeMap<>(tensors);
    }

    private static void share(Map<String, Tensor> all, Map<String, Tensor> shared, String who) {
        inOrder(shared).forEach((name, tensor) -> {
            Tensor other = all.putIfAbsent(name, tensor);
            if (other != null && other.data_ptr().address() != tensor.data_ptr().address()) {
                throw new IllegalStateException(who + " shares another tensor named " + name + " than those before it");
            }
        });
    }

    /** What is saved beside the {@link #trainables}. */
    Map<String, Tensor> saved() {
        var all = new LinkedHashMap<String, Tensor>();
        parametrizations.forEach((weight, parametrization) ->
                parametrization.tensors().forEach((name, tensor) -> all.put(module(weight) + "." + name, tensor)));
        taps.forEach((point, tap) -> {
            tap.tensors().forEach((name, tensor) -> all.put(point + "." + name, tensor));
            all.putAll(tap.sharedTensors());
        });
        return all;
    }

    /** The weights as they are in effect: see {@link Params#materialized()}. */
    Map<String, Tensor> materialized(Map<String, Tensor> weights) {
        var all = new LinkedHashMap<String, Tensor>(weights);
        parametrizations.forEach((name, parametrization) -> {
            all.put(name, materialized(name, Objects.requireNonNull(weights.get(name))));
            try (var off = Tensors.noGrad()) {
                all.computeIfPresent(module(name) + ".bias", (key, base) -> parametrization.bias(base));
            }
        });
        return Collections.unmodifiableMap(all);
    }

    /** One of them on {@code base}. */
    Tensor materialized(String name, Tensor base) {
        Parametrization parametrization = Objects.requireNonNull(parametrizations.get(name));
        parametrization.tensors().forEach((part, tensor) -> requireFinite(module(name) + "." + part, tensor));
        try (var off = Tensors.noGrad()) {
            return parametrization.weight(base);
        }
    }

    private static void requireFinite(String name, Tensor tensor) {
        if (!tensor.isfinite().all().item_bool()) {
            throw new WeightsException(name + ": holds NaN or infinite values, and is not merged into the weight; the"
                    + " training that made it went astray");
        }
    }

    /** What the data moves in parametrizations and taps, by full name. */
    Map<String, Tensor> statistics() {
        var all = new LinkedHashMap<String, Tensor>();
        parametrizations.forEach((weight, parametrization) ->
                parametrization.statistics().forEach((name, tensor) -> all.put(module(weight) + "." + name, tensor)));
        taps.forEach((point, tap) -> tap.statistics().forEach((name, tensor) -> all.put(point + "." + name, tensor)));
        return Collections.unmodifiableMap(all);
    }

    /** The same with these in place of the {@link #trainables} of those names. */
    Attached with(Map<String, Tensor> tensors) {
        var parametrized = new LinkedHashMap<>(parametrizations);
        parametrized.replaceAll((weight, old) -> {
            var own = chosen(tensors, module(weight) + ".", old.trainables().keySet());
            own.putAll(chosen(tensors, "", old.shared().keySet()));
            return own.isEmpty() ? old : old.with(own);
        });
        var tapped = new LinkedHashMap<>(taps);
        tapped.replaceAll((point, old) -> {
            var own = chosen(tensors, point + ".", old.trainables().keySet());
            own.putAll(chosen(tensors, "", old.shared().keySet()));
            return own.isEmpty() ? old : old.with(own);
        });
        return new Attached(parametrized, tapped, prefix == null ? null : prefix.with(tensors));
    }

    /** Those of {@code tensors} that stand under {@code owner}, by the names that they have there. */
    private static Map<String, Tensor> chosen(Map<String, Tensor> tensors, String owner, Set<String> names) {
        var chosen = new LinkedHashMap<String, Tensor>();
        for (String name : names) {
            Tensor tensor = tensors.get(owner + name);
            if (tensor != null) {
                chosen.put(name, tensor);
            }
        }
        return chosen;
    }

    /** The module of {@code name.weight}, or of a recurrent one's {@code name.weight_ih_l0}; of another name, itself. */
    static String module(String weight) {
        int dot = weight.lastIndexOf('.');
        String part = weight.substring(dot + 1);
        boolean isOfModule = dot > 0 && (part.equals("weight") || ModuleSpec.isRecurrent(part));
        return isOfModule ? weight.substring(0, dot) : weight;
    }
}
