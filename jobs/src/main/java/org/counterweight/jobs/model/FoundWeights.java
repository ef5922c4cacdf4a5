package org.counterweight.jobs.model;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Model;
import org.counterweight.model.zoo.Architectures;
import org.counterweight.reparametrize.files.StateDict;
import org.counterweight.weights.ModelDirectory;
import org.counterweight.weights.WeightsException;
import org.jspecify.annotations.Nullable;

/**
 * A tensor for each weight of a model: that of its files, or zeros where an adapter may bring one.
 *
 * @param weights by the model's names
 * @param types in which the files have them
 * @param blank the zeros that an adapter has to replace
 */
record FoundWeights(Map<String, Tensor> weights, Map<String, ScalarType> types, Map<String, Tensor> blank) {
    /**
     * @param statesAlone only hidden states are asked for: what comes behind them may be missing
     * @throws WeightsException naming the first that is missing, or of another shape
     */
    static FoundWeights of(ModelDirectory files, EffectiveModel asked, boolean statesAlone) {
        Model model = asked.model();
        StateDict state = BaseModel.state(files);
        var fit = Architectures.fit(model, state.plain());
        state.refuseUnused(fit.unexpected(), model.shapes().keySet());
        var found = new FoundWeights(new LinkedHashMap<>(), new LinkedHashMap<>(), new LinkedHashMap<>());
        model.shapes()
                .forEach((name, shape) -> found.put(
                        files, asked, statesAlone, name, shape, fit.byName().get(name)));
        return found;
    }

    private void put(
            ModelDirectory files,
            EffectiveModel asked,
            boolean statesAlone,
            String name,
            long[] shape,
            @Nullable Tensor tensor) {
        boolean fits = tensor != null && Arrays.equals(Tensors.shape(tensor), shape);
        if (tensor == null && statesAlone && isBehindStates(asked.model(), name)) {
            weights.put(name, Tensors.zeros(shape));
        } else if (!fits && asked.mayBeBrought(name, tensor == null)) {
            weights.put(name, blank.computeIfAbsent(name, key -> Tensors.zeros(shape)));
        } else if (tensor == null) {
            throw asked.lacks(files.path(), name);
        } else if (!fits) {
            throw new WeightsException(
                    files.path(),
                    name + " is " + Arrays.toString(Tensors.shape(tensor)) + ", but config.json asks for "
                            + Arrays.toString(shape) + "; take config.json and weights of one model");
        } else {
            weights.put(name, tensor);
            types.put(name, tensor.scalar_type().intern());
        }
    }

    private static boolean isBehindStates(Model model, String name) {
        return BaseModel.isWithin(model.modules().heads(), name) || BaseModel.isWithin(model.poolers(), name);
    }

    /** Whether an adapter left these zeros where they were. */
    boolean isBlank(Tensor tensor) {
        return blank.values().stream().anyMatch(empty -> empty == tensor);
    }
}
