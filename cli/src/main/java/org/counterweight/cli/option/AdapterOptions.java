package org.counterweight.cli.option;

import java.nio.file.Path;
import java.util.List;
import org.counterweight.formats.peft.WeightedLoras;
import org.counterweight.jobs.model.adapter.CombinedAdapter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Adapters that are put on the model that is asked. */
public final class AdapterOptions {
    @Option(
            names = "--adapter",
            paramLabel = "DIR",
            description = "an adapter to attach, PEFT's or made by cw run; may be repeated for LoRAs, which are added")
    private List<Path> adapters = List.of();

    @Option(
            names = "--adapter-weights",
            split = ",",
            paramLabel = "W",
            description = "how much each adapter counts, as --adapter-weights 0.7,0.3 (default: 1 each)")
    private List<Double> weights = List.of();

    @Option(
            names = "--combine",
            paramLabel = "HOW",
            description =
                    "several adapters as PEFT's add_weighted_adapter puts them together: cat, or linear (default: cat)")
    private WeightedLoras.@Nullable Combination combination;

    @Mixin
    private Force force;

    /** As they were named. */
    public List<Path> all() {
        return adapters;
    }

    /**
     * They as one, which is to be closed.
     *
     * @param model that they are put on; adapters of another are refused
     */
    public CombinedAdapter on(Path model) {
        CombinedAdapter combined = CombinedAdapter.of(adapters, weights, combination);
        try {
            adapters.forEach(adapter -> force.check(model, adapter));
            return combined;
        } catch (RuntimeException e) {
            combined.close();
            throw e;
        }
    }
}
