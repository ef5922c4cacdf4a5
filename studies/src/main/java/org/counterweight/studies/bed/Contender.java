package org.counterweight.studies.bed;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.adapt.AdapterConfig;
import org.counterweight.adapt.Attachment;
import org.counterweight.catalogue.Catalogue;
import org.counterweight.config.Configs;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Model;
import org.counterweight.model.Parametrization;
import org.counterweight.model.Params;
import org.counterweight.train.Task;
import org.jspecify.annotations.Nullable;

/**
 * One way to adapt a model, as a study names it.
 *
 * @param adapter null to train the target weights themselves
 */
public record Contender(String name, @Nullable Attachment adapter) {
    /** Full fine-tuning of the target weights. */
    public static Contender full() {
        return new Contender("full", null);
    }

    /**
     * A method of the catalogue.
     *
     * @param settings as a recipe has them: {@code {r: 4, alpha: 4}}; those that are not named are at their defaults, and
     *     targets say nothing, since a study names the modules itself
     */
    public static Contender of(String name, String method, String settings) {
        Class<? extends Record> config = Catalogue.named(method, name).config();
        Record bound = Configs.bind(Configs.yaml(settings, name), config, method);
        if (!(bound instanceof Attachment adapter)) {
            throw new IllegalArgumentException(name + ": " + method + " adapts no model");
        }
        return new Contender(name, adapter);
    }

    /**
     * The frozen base with what this contender trains; the base is not touched.
     *
     * @param modules whose weights are adapted; what is no {@link AdapterConfig} chooses its own places
     */
    public Params onto(Model model, Params base, List<String> modules, Seed seed) {
        Seed own = seed.child(name);
        if (adapter == null) {
            var weights = new LinkedHashMap<String, Tensor>();
            for (String module : modules) {
                weights.put(
                        module + ".weight",
                        base.weight(module + ".weight").detach().clone().requires_grad_(true));
            }
            return base.replacing(weights);
        }
        if (!(adapter instanceof AdapterConfig config)) {
            return adapter.attach(model, base, own.generator());
        }
        var adapters = new LinkedHashMap<String, Parametrization>();
        for (String module : modules) {
            String weight = module + ".weight";
            adapters.put(
                    weight,
                    config.create(module, base.weight(weight), own.child(module).generator()));
        }
        return base.parametrized(adapters);
    }

    /** The same task with what this method adds to a run. */
    public Task training(Task task, double rate, long steps) {
        return adapter instanceof AdapterConfig config ? config.training(task, rate, steps) : task;
    }

    /** How many numbers training moves. */
    public static double count(Params params) {
        return count(params.trainables());
    }

    public static double count(Map<String, Tensor> trainables) {
        return trainables.values().stream()
                .mapToLong(tensor -> Tensors.length(Tensors.shape(tensor)))
                .sum();
    }

    /** The contender of that name. */
    public static Contender named(String name, List<Contender> all) {
        return all.stream()
                .filter(contender -> contender.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no contender " + name));
    }
}
