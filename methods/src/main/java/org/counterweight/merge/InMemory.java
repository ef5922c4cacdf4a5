package org.counterweight.merge;

import java.util.ArrayList;
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
     * @throws org.counterweight.weights.WeightsException if names or shapes differ
     */
    public static Map<String, Tensor> merge(Combiner combiner, List<? extends Map<String, Tensor>> models) {
        Agreement.sameNames(models);
        var merged = new LinkedHashMap<String, Tensor>();
        var byAddress = new LinkedHashMap<List<Object>, Tensor>();
        try (var off = Tensors.noGrad()) {
            for (String name : models.get(0).keySet()) {
                List<Tensor> tensors = of(models, name);
                Tensor known = byAddress.get(identity(tensors));
                merged.put(name, known == null ? combined(combiner, name, tensors) : known);
                byAddress.putIfAbsent(identity(tensors), merged.get(name));
            }
        }
        return merged;
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

    /** The tensors of that name, one a model. */
    public static List<Tensor> of(List<? extends Map<String, Tensor>> models, String name) {
        return models.stream().map(model -> model.get(name)).toList();
    }
}
