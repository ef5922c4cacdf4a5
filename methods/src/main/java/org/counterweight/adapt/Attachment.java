package org.counterweight.adapt;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.weights.WeightsException;

/**
 * The settings of a way to adapt a model: parametrizations of its weights ({@link AdapterConfig}), taps at its points, or some
 * of its own weights set free. Everything not in {@link Params#trainables} of the result stays frozen.
 */
public interface Attachment {
    /**
     * Refuses settings that do not fit a model, by names and shapes alone, before any of its weights is there.
     *
     * @param trainedWhole modules that are trained themselves, a fresh head as a rule: no adapter stands in them
     * @return the modules or points that it would stand at; none where weights are set free
     * @throws org.counterweight.config.ConfigException naming what the model does not have
     */
    default List<String> check(Model model, List<String> trainedWhole) {
        try (var scope = Scope.open()) {
            var weights = new LinkedHashMap<String, Tensor>();
            model.shapes().forEach((name, shape) -> weights.put(name, Tensors.withoutValues(shape)));
            Params attached = attach(model, Params.of(weights), new Seed(0).generator());
            return List.copyOf(attached.taps().keySet());
        }
    }

    /**
     * The model's parameters with what is trained among them. The tensors of {@code params} are not changed; those of them
     * that require a gradient are trained whole, whatever the adapter.
     *
     * @throws org.counterweight.config.ConfigException if the settings do not fit the model
     */
    Params attach(Model model, Params params, Generator random);

    /**
     * The model's parameters with what was trained before, ready to be trained on: what {@link Params#saved} gave.
     *
     * @param saved by the names of {@link Params#saved}; an adapter may keep them instead of copies
     * @throws org.counterweight.config.ConfigException if the settings do not fit the model
     * @throws WeightsException if a tensor is missing, left over, of another shape or not finite; it names it
     */
    default Params restore(Model model, Params params, Map<String, Tensor> saved) {
        SavedParams parts = SavedParams.of(params, saved);
        Params attached = attach(model, params, new Seed(0).generator());
        parts.fill(attached);
        return attached.replacing(parts.own());
    }
}
