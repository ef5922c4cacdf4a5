package org.counterweight.jobs.model.adapter;

import java.nio.file.Path;
import java.util.List;
import org.counterweight.config.ConfigException;
import org.counterweight.formats.peft.WeightedLoras;
import org.counterweight.formats.peft.WeightedLoras.Combination;
import org.counterweight.jobs.TemporaryDirectory;
import org.counterweight.weights.ModelDirectory;
import org.jspecify.annotations.Nullable;

/**
 * The adapter that a user asks for: none, one as it lies there, or several with weights as one, which lies in a temporary
 * directory as long as this is open.
 *
 * @param path null for none
 * @param made where it was made; null where nothing was
 */
public record CombinedAdapter(@Nullable Path path, @Nullable TemporaryDirectory made) implements AutoCloseable {
    /**
     * @param weights empty for 1 each
     * @param combination null for factors side by side, the plain sum
     * @throws ConfigException if they cannot be put together
     */
    public static CombinedAdapter of(List<Path> adapters, List<Double> weights, @Nullable Combination combination) {
        if (adapters.size() < 2 && weights.isEmpty()) {
            if (combination != null) {
                throw new ConfigException("--combine puts several adapters together; give --adapter for each");
            }
            return new CombinedAdapter(adapters.isEmpty() ? null : adapters.get(0), null);
        }
        if (adapters.isEmpty()) {
            throw new ConfigException("--adapter-weights are of adapters; give --adapter for each");
        }
        List<Double> all =
                weights.isEmpty() ? adapters.stream().map(adapter -> 1.0).toList() : weights;
        var loras = new WeightedLoras(adapters, all, combination == null ? Combination.CAT : combination);
        TemporaryDirectory made = TemporaryDirectory.create("cw-adapters");
        try {
            Path adapter = made.path().resolve("adapter");
            loras.write(adapter);
            ModelDirectory.copy(ModelDirectory.companions(adapters.get(0)), adapter);
            return new CombinedAdapter(adapter, made);
        } catch (RuntimeException e) {
            made.close();
            throw e;
        }
    }

    @Override
    public void close() {
        if (made != null) {
            made.close();
        }
    }
}
