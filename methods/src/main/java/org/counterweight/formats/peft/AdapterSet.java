package org.counterweight.formats.peft;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.adapt.bone.Bone;
import org.counterweight.adapt.bone.BoneConfig;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.model.Parametrization;
import org.counterweight.model.Params;
import org.counterweight.model.Transposed;
import org.counterweight.weights.WeightsException;

/**
 * Several adapters by name, on one base that none of them changes: to switch is to ask for other names, and to unmerge is to
 * use the base again.
 */
public record AdapterSet(Params base, Map<String, PeftAdapter> adapters) {
    public AdapterSet {
        adapters = Map.copyOf(adapters);
    }

    /** With one more adapter, in place of any of that name. */
    public AdapterSet with(String name, PeftAdapter adapter) {
        var more = new LinkedHashMap<>(adapters);
        more.put(name, adapter);
        return new AdapterSet(base, more);
    }

    /**
     * The base with these adapters on it, in that order; with none, the base.
     *
     * @throws ConfigException if a name is unknown, or two of them cannot be on one base together; it says why
     */
    public Params active(List<String> names) {
        var replaced = new LinkedHashMap<String, Tensor>();
        var owner = new LinkedHashMap<String, String>();
        var layers = new LinkedHashMap<String, List<Parametrization>>();
        var transposed = new LinkedHashMap<String, Boolean>();
        for (String name : names) {
            PeftAdapter adapter = named(name);
            adapter.replacements().forEach((weight, tensor) -> {
                String other = owner.putIfAbsent(weight, name);
                if (other != null && !other.equals(name)) {
                    throw new ConfigException("adapters " + other + " and " + name + " both bring their own " + weight
                            + ", and there is no sum of two; use one of them at a time");
                }
                replaced.put(weight, tensor);
            });
            adapter.parametrizations().forEach((weight, own) -> {
                transposed.put(weight, own instanceof Transposed);
                layers.computeIfAbsent(weight, key -> new ArrayList<>())
                        .add(own instanceof Transposed turned ? turned.inner() : own);
            });
        }
        var byWeight = new LinkedHashMap<String, Parametrization>();
        layers.forEach((weight, own) -> {
            checkTogether(weight, own);
            Parametrization all = own.size() == 1 ? own.get(0) : new SummedAdapters(own);
            byWeight.put(weight, transposed.getOrDefault(weight, false) ? new Transposed(all) : all);
        });
        return base.replacing(replaced).parametrized(byWeight);
    }

    /**
     * The weights with these adapters computed into them, in that order. The tensors belong to the open scope.
     *
     * @throws WeightsException if a merged weight is not finite; it names the weight
     */
    public Map<String, Tensor> merged(List<String> names) {
        Params active = active(names);
        Map<String, Tensor> merged = active.materialized();
        for (String weight : active.parametrized()) {
            Tensor result = merged.get(weight);
            if (result != null && !result.isfinite().all().item_bool()) {
                throw new WeightsException(weight + ": merging gives NaN or infinite values; nothing was merged");
            }
        }
        return merged;
    }

    private PeftAdapter named(String name) {
        PeftAdapter adapter = adapters.get(name);
        if (adapter == null) {
            throw new ConfigException(Configs.unknown(
                    "adapter \"" + name + "\"",
                    name,
                    adapters.keySet().stream().sorted().toList()));
        }
        return adapter;
    }

    private static void checkTogether(String weight, List<Parametrization> layers) {
        boolean guided = layers.stream()
                .anyMatch(own -> own instanceof Bone bone
                        && bone.variant() != BoneConfig.Variant.BONE
                        && bone.variant() != BoneConfig.Variant.MINI);
        boolean other = layers.stream().anyMatch(own -> !(own instanceof Bone));
        if (guided && other) {
            throw new ConfigException(
                    weight + ": bat's change depends on the weight it stands on, so it has no defined sum"
                            + " with an adapter of another kind; merge one first, and train the other on the result");
        }
    }
}
