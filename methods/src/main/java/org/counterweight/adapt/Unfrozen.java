package org.counterweight.adapt;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Nearest;
import org.counterweight.model.Params;

/** Some of a model's own weights, copied and set free to be trained. */
public final class Unfrozen {
    private Unfrozen() {}

    /** The parameters with a trained copy of each stored weight whose name passes. */
    static Params where(Params params, Predicate<String> named) {
        var freed = new LinkedHashMap<String, Tensor>();
        params.weights().forEach((name, tensor) -> {
            if (named.test(name)) {
                freed.put(name, tensor.detach().clone().requires_grad_(true));
            }
        });
        return freed.isEmpty() ? params : params.replacing(freed);
    }

    /**
     * Refuses a target that is the name, or a dotted ending of the name, of none of these modules.
     *
     * @param field where the targets stand: {@code full.targets}
     */
    static void check(String field, List<String> targets, Collection<String> modules) {
        for (String target : targets) {
            if (modules.stream().noneMatch(module -> FullConfig.isTarget(module, List.of(target)))) {
                Set<String> endings = new LinkedHashSet<>();
                modules.forEach(module -> endings.add(module.substring(module.lastIndexOf('.') + 1)));
                throw new ConfigException(field + ": \"" + target + "\" matches no module of this model"
                        + Nearest.hint(target, endings, "It has"));
            }
        }
    }

    /** The parameters with trained copies of all normalisations: the modules whose weight is a vector. */
    public static Params norms(Params params) {
        Map<String, Tensor> weights = params.weights();
        return where(params, name -> {
            Tensor weight = weights.get(name.replaceFirst("\\.bias$", ".weight"));
            return (name.endsWith(".weight") || name.endsWith(".bias")) && weight != null && weight.dim() == 1;
        });
    }
}
