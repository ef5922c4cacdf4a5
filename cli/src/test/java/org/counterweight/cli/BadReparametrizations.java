package org.counterweight.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.weights.SafetensorsFile;

/** Weights that cannot be trained through others, and files whose weights are made of parts that do not fit. */
final class BadReparametrizations {
    /** The adapter of the good recipe, to be taken out. */
    private static final String BONE = "adapter:\n  method: bone\n  r: 2\n  targets: [query]\n";

    private static final String QUERY = "bert.encoder.layer.0.attention.self.query.weight";

    private BadReparametrizations() {}

    static List<BadInput> all() {
        return List.of(
                BadInput.of(
                        "a method that trains no weights through others",
                        s -> reparametrized(s, "method: bone"),
                        "reparametrize.method: \"bone\" is not allowed; expected one of weight_norm, weight_compander"),
                BadInput.of(
                        "a misspelt target",
                        s -> reparametrized(s, "method: weight_norm\n  targets: [quary]"),
                        "reparametrize.targets: \"quary\" matches no module of this model; did you mean \"query\"?"),
                BadInput.of(
                        "everything left out",
                        s -> reparametrized(s, "method: weight_norm\n  targets: [query]\n  exclude: [query]"),
                        "reparametrize: no module is left to reparametrize"),
                BadInput.of(
                        "an adapter beside",
                        s -> s.recipe("adapter:\n", "reparametrize: {method: weight_norm}\nadapter:\n"),
                        "reparametrize: weight_norm trains every weight of the model, and adapter: bone freezes them"),
                BadInput.of(
                        "merging in training beside",
                        s -> s.recipe(BONE, "reparametrize: {method: weight_norm}\nstock: {}\n"),
                        "reparametrize: weight_norm does not go with stock"),
                BadInput.of(
                        "a start from the data of weights that were trained before",
                        s -> reparametrized(s, "method: weight_norm\n  data_init: {}"),
                        "reparametrize: a start from the data would spoil the weights that model.name brings",
                        "model.from_scratch: true"),
                BadInput.of(
                        "a dimension that weights do not have",
                        s -> reparametrized(s, "method: weight_norm\n  dim: 2"),
                        "weight_norm.dim: 2 is not allowed; expected a dimension of " + QUERY + ", [8, 8]: 0 to 1"),
                BadInput.of(
                        "a start from one row",
                        s -> reparametrized(s, "method: data_init\n  rows: 1"),
                        "data_init.rows: 1 is not allowed; expected an integer of at least 2"),
                BadInput.of(
                        "a running mean that never moves",
                        s -> reparametrized(s, "method: weight_norm\n  momentum: 0.0"),
                        "weight_norm.momentum: 0.0 is not allowed; expected a number in (0, 1] (0.1 is usual)"),
                BadInput.of(
                        "means taken by an optimizer",
                        s -> reparametrized(s, "method: weight_norm\n  mode: optimizer\n  mean_only_bn: true"),
                        "weight_norm.mean_only_bn: true is not allowed; expected false with mode: optimizer"),
                BadInput.of(
                        "a row of zeros",
                        s -> {
                            parts(s, Map.of(QUERY, zeroRow()));
                            return reparametrized(s, "method: weight_norm");
                        },
                        QUERY + ": row 3 is zero, and what has no length has no direction to keep",
                        "zero_norm: keep_zero"),
                BadInput.of(
                        "half of a normalised weight",
                        s -> {
                            parts(s, Map.of(QUERY + "_v", zeroRow()));
                            return reparametrized(s, "method: weight_norm");
                        },
                        "model: encoder.layer.0.attention.self.query.weight has v and no g beside it; the file is incomplete"),
                BadInput.of(
                        "the parts of a weight that the model does not have",
                        s -> {
                            parts(s, Map.of("pooler.dance.weight_v", ones(8, 8), "pooler.dance.weight_g", ones(8, 1)));
                            return reparametrized(s, "method: weight_norm");
                        },
                        "model: has the parts of pooler.dance.weight, which is no weight of this model"),
                BadInput.of(
                        "lengths that do not fit their directions",
                        s -> {
                            parts(s, Map.of(QUERY + "_v", zeroRow(), QUERY + "_g", Tensors.zeros(5, 1)));
                            return reparametrized(s, "method: weight_norm");
                        },
                        "lengths of shape [5, 1] and directions of shape [8, 8], which do not go together"),
                BadInput.of(
                        "a bound of 0",
                        s -> reparametrized(s, "method: weight_compander\n  a_scale: 0.0"),
                        "weight_compander.a_scale: 0.0 is not allowed; expected a number above 0"),
                BadInput.of(
                        "a without b",
                        s -> reparametrized(s, "method: weight_compander\n  a: 0.5"),
                        "weight_compander: a and b are set together: a is given and b is not"),
                BadInput.of(
                        "a clip beyond the bound",
                        s -> reparametrized(s, "method: weight_compander\n  clip: 1.0"),
                        "weight_compander.clip: 1.0 is not allowed; expected a number in (0, 1) (0.95 is usual), or null"),
                BadInput.of(
                        "a function that there is not",
                        s -> reparametrized(s, "method: weight_compander\n  psi: arctanh"),
                        "reparametrize.psi: \"arctanh\" is not allowed; expected one of arctan, tanh, softsign, identity"),
                BadInput.of(
                        "annealed and learnt",
                        s -> reparametrized(s, "method: weight_compander\n  anneal: 4.0\n  learn_ab: true"),
                        "weight_compander.anneal: 4.0 is not allowed; expected 1.0 with learn_ab"),
                BadInput.of(
                        "weights beyond the bound",
                        s -> reparametrized(
                                s,
                                "method: weight_compander\n  init: inverse\n  clip: null\n  a_scale: 0.5\n  b_scale: 0.5"),
                        "weights lie at or beyond the bound of arctan",
                        "take a larger a_scale, or clip: 0.95"),
                BadInput.of(
                        "a constant weight",
                        s -> {
                            parts(s, Map.of(QUERY, Tensors.zeros(8, 8)));
                            return reparametrized(s, "method: weight_compander\n  targets: [query]");
                        },
                        "weight_compander: " + QUERY + " is constant",
                        "set a and b, or exclude the module"));
    }

    private static List<String> reparametrized(Sandbox sandbox, String settings) {
        return sandbox.recipe(BONE, "reparametrize:\n  " + settings + "\n");
    }

    private static Tensor ones(long... shape) {
        return Tensors.zeros(shape).add(Tensors.scalar(1));
    }

    private static Tensor zeroRow() {
        Tensor weight = ones(8, 8);
        weight.select(0, 3).zero_();
        return weight;
    }

    /** Puts these in the place of the query's weight in the model's file, by the names of the bare encoder. */
    private static void parts(Sandbox sandbox, Map<String, Tensor> parts) {
        try (var scope = Scope.open()) {
            var tensors = new LinkedHashMap<String, Tensor>();
            try (SafetensorsFile model = SafetensorsFile.open(sandbox.path("model/model.safetensors"))) {
                model.all().forEach((tensor, value) -> tensors.put(tensor, value.clone()));
            }
            parts.forEach((name, value) -> {
                if (name.startsWith(QUERY)) {
                    tensors.remove(QUERY.substring("bert.".length()));
                }
                tensors.put(name.replaceFirst("^bert\\.", ""), value);
            });
            sandbox.weights("model/model.safetensors", tensors);
        }
    }
}
