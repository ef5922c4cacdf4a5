package org.counterweight.experiments;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.adapt.AdapterConfig;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Parametrization;
import org.counterweight.model.Params;
import org.jspecify.annotations.Nullable;

/**
 * One way to adapt a model, as a study names it.
 *
 * @param adapter null to train the target weights themselves
 */
record Contender(String name, @Nullable AdapterConfig adapter) {

    /** The frozen base with this contender's trainables at the weights of {@code modules}; the base is not touched. */
    Params onto(Map<String, Tensor> base, List<String> modules, Seed seed) {
        if (adapter == null) {
            var weights = new LinkedHashMap<String, Tensor>();
            for (String module : modules) {
                weights.put(
                        module + ".weight",
                        weight(base, module).detach().clone().requires_grad_(true));
            }
            return Params.of(base).replacing(weights);
        }
        var adapters = new LinkedHashMap<String, Parametrization>();
        for (String module : modules) {
            adapters.put(
                    module + ".weight",
                    adapter.create(
                            module,
                            weight(base, module),
                            seed.child(name).child(module).generator()));
        }
        return Params.of(base).parametrized(adapters);
    }

    private static Tensor weight(Map<String, Tensor> base, String module) {
        Tensor weight = base.get(module + ".weight");
        if (weight == null) {
            throw new IllegalArgumentException("there is no module " + module);
        }
        return weight;
    }

    /** How many numbers training moves. */
    static double count(Params params) {
        return params.trainables().values().stream()
                .mapToLong(tensor -> Tensors.length(Tensors.shape(tensor)))
                .sum();
    }

    /** The contender of that name. */
    static Contender named(String name, List<Contender> all) {
        return all.stream()
                .filter(contender -> contender.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no contender " + name));
    }
}
