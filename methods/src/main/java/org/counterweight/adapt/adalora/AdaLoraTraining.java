package org.counterweight.adapt.adalora;

import static org.counterweight.engine.Tensors.scalar;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.adapt.sorsa.SorsaRegularizer;
import org.counterweight.engine.Scope;
import org.counterweight.model.Parametrization;
import org.counterweight.model.Params;
import org.counterweight.model.Transposed;
import org.counterweight.train.event.Moment;
import org.counterweight.train.event.TrainingEvents;
import org.counterweight.train.objective.Regularizer;
import org.counterweight.train.part.PartReport;
import org.counterweight.train.part.Section;
import org.counterweight.train.state.Remembering;
import org.jspecify.annotations.Nullable;

/**
 * What AdaLoRA does in a run: its orthogonality penalty in the loss, and its {@link RankAllocator} after each step. Steps
 * count from 1, so that the last one is the schedule's last.
 */
public final class AdaLoraTraining implements Regularizer, TrainingEvents, Remembering, PartReport {
    private final AdaLoraConfig config;
    private final Map<String, AdaLora> adapters = new LinkedHashMap<>();
    private final RankAllocator allocator;

    /**
     * @param params with every module that AdaLoRA adapts
     * @param steps of the whole run; {@link AdaLoraConfig#totalStep} goes before it
     */
    public AdaLoraTraining(AdaLoraConfig config, Params params, long steps) {
        this.config = config;
        params.parametrizations().forEach((weight, parametrization) -> {
            @Nullable AdaLora adapter = adapter(parametrization);
            if (adapter != null) {
                adapters.put(weight.replaceFirst("\\.weight$", ""), adapter);
            }
        });
        if (adapters.isEmpty()) {
            throw new IllegalArgumentException("no module of this model is adapted by AdaLoRA");
        }
        this.allocator = new RankAllocator(
                config, adapters, config.totalStep() == null ? steps : Objects.requireNonNull(config.totalStep()));
    }

    private static @Nullable AdaLora adapter(Parametrization parametrization) {
        Parametrization inner = parametrization instanceof Transposed transposed ? transposed.inner() : parametrization;
        return inner instanceof AdaLora adapter ? adapter : null;
    }

    /** For reports: the budget, the ranks, and the adapters without what is switched off. */
    public RankAllocator allocator() {
        return allocator;
    }

    @Override
    public Tensor penalty(Params params, long step) {
        return config.regularizer()
                .of(SorsaRegularizer.factors(params.trainables(), "." + AdaLora.A, "." + AdaLora.B))
                .mul(scalar(config.orthRegWeight()));
    }

    @Override
    public void afterStep(Moment moment) {
        allocator.afterStep(moment.step() + 1);
    }

    /** The ranks become final after the step at which the budget has fallen to its target. */
    @Override
    public long settledAfter() {
        return allocator.schedule().last();
    }

    @Override
    public String unsettled() {
        return "ranks are still pruned, and weights with more of them cannot be kept as best";
    }

    /** The rank that each module has left of those that it began with. */
    @Override
    public List<Section> sections() {
        var ranks = new LinkedHashMap<String, Long>();
        try (var scope = Scope.open()) {
            adapters.forEach((module, adapter) ->
                    ranks.put(module, adapter.e().count_nonzero().item_long()));
        }
        long most = ranks.values().stream().mapToLong(Long::longValue).max().orElse(1);
        long total = ranks.values().stream().mapToLong(Long::longValue).sum();
        var values = new LinkedHashMap<String, Section.Value>();
        ranks.forEach((module, rank) ->
                values.put(module, new Section.Value(String.valueOf(rank), (double) rank / Math.max(1, most))));
        return List.of(new Section.ByLayer(
                "Where the budget went",
                String.format(
                        Locale.ROOT,
                        "The rank that each module has left: %,d singular triplets in all, %.1f a module. The stronger the"
                                + " colour, the more; layers from left to right.",
                        total,
                        (double) total / ranks.size()),
                values));
    }

    @Override
    public Map<String, Tensor> state() {
        return allocator.state();
    }

    @Override
    public void restore(Map<String, Tensor> state) {
        allocator.state().keySet().forEach(name -> Remembering.required(state, name));
        allocator.restore(state);
    }

    @Override
    public void close() {
        allocator.close();
    }
}
