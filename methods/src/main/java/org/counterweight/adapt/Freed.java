package org.counterweight.adapt;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.model.Params;

/** Some of a model's own weights, copied and set free to be trained. */
final class Freed {
    private Freed() {}

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

    /** The parameters with trained copies of all normalisations: the modules whose weight is a vector. */
    static Params norms(Params params) {
        Map<String, Tensor> weights = params.weights();
        return where(params, name -> {
            Tensor weight = weights.get(name.replaceFirst("\\.bias$", ".weight"));
            return (name.endsWith(".weight") || name.endsWith(".bias")) && weight != null && weight.dim() == 1;
        });
    }
}
