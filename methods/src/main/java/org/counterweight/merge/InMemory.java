package org.counterweight.merge;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.weights.Combiner;

/**
 * Merges models that are in memory: small ones, the replicas of a training run, the variants of a study. Files are merged
 * tensor by tensor without this class.
 */
public final class InMemory {
    private InMemory() {}

    /**
     * The combined model. Integer tensors are copied from the first model, and names that share a tensor go on sharing one:
     * it is combined once. The result belongs to the open scope.
     *
     * @param models one or more, by the names of their tensors, which are of any shapes and the same in each
     * @throws org.counterweight.weights.WeightsException if names or shapes differ
     */
    public static Map<String, Tensor> merge(Combiner combiner, List<? extends Map<String, Tensor>> models) {
        Agreement.sameNames(models);
        var merged = new LinkedHashMap<String, Tensor>();
        try (var off = Tensors.noGrad()) {
            firsts(models).forEach((name, first) -> {
                Tensor known = merged.get(first);
                merged.put(name, known == null ? combined(combiner, name, of(models, name)) : known);
            });
        }
        return merged;
    }

    /** The same by settings that may depend on all names. */
    public static Map<String, Tensor> merge(CombinerConfig settings, List<? extends Map<String, Tensor>> models) {
        return merge(settings.combiner(models.get(0).keySet()), models);
    }

    /** Each name, in the order of the first model, with the first of those that share its tensors in every model. */
    public static Map<String, String> firsts(List<? extends Map<String, Tensor>> models) {
        var firsts = new LinkedHashMap<String, String>();
        var byIdentity = new HashMap<List<Object>, String>();
        for (String name : models.get(0).keySet()) {
            String first = byIdentity.putIfAbsent(identity(of(models, name)), name);
            firsts.put(name, first == null ? name : first);
        }
        return firsts;
    }

    private static Tensor combined(Combiner combiner, String name, List<Tensor> tensors) {
        Tensor first = tensors.get(0);
        if (!first.is_floating_point()) {
            return first.clone();
        }
        Agreement.sameShapes(name, tensors);
        try (var scope = Scope.open()) {
            return scope.keep(combiner.combine(name, tensors));
        }
    }

    private static List<Object> identity(List<Tensor> tensors) {
        var identity = new ArrayList<Object>();
        for (Tensor tensor : tensors) {
            identity.add(tensor.data_ptr().address());
            for (int i = 0; i < tensor.dim(); i++) {
                identity.add(tensor.size(i));
                identity.add(tensor.stride(i));
            }
        }
        return identity;
    }

    /** The tensors of that name, one a model, in their order. */
    public static List<Tensor> of(List<? extends Map<String, Tensor>> models, String name) {
        return models.stream().map(model -> model.get(name)).toList();
    }
}
