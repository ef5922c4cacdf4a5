package org.counterweight.jobs.model;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.adapt.AdapterConfig;
import org.counterweight.adapt.AdapterSettings;
import org.counterweight.adapt.Attachment;
import org.counterweight.config.Configs;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.formats.peft.ModuleNames;
import org.counterweight.formats.peft.TargetRules;
import org.counterweight.formats.peft.Targets;
import org.counterweight.jobs.recipe.Choice;
import org.counterweight.merge.Accumulation;
import org.counterweight.model.Model;
import org.counterweight.model.Parametrization;
import org.counterweight.model.Params;
import org.counterweight.model.Transposed;
import org.counterweight.weights.SafetensorsFile;
import org.counterweight.weights.Staged;
import org.counterweight.weights.WeightsException;
import org.counterweight.weights.WeightsWriter;
import tools.jackson.databind.node.ObjectNode;

/**
 * A directory for adapters that PEFT has no type for: {@value #CONFIG} with method and settings as in a recipe, and all that
 * must be saved, by the names of {@link Params#saved}, in {@value #FILE}.
 */
public final class OwnAdapter {
    static final String FILE = "adapter.safetensors";
    private static final String CONFIG = AdapterDirectory.CONFIG;
    private static final String ADAPTER = "adapter";

    private OwnAdapter() {}

    /** Writes the directory, whole or not at all; refuses what is not finite. */
    public static void write(
            Path directory, Choice<AdapterSettings> adapter, String base, Params params, Map<String, String> metadata) {
        try (var scope = Scope.open();
                Staged staged = Staged.output(directory)) {
            var tensors = new LinkedHashMap<String, Tensor>();
            params.saved()
                    .forEach((name, tensor) ->
                            tensors.put(name, finite(directory, name, tensor).detach()));
            ObjectNode config = Configs.JSON.createObjectNode();
            config.put("base_model_name_or_path", base);
            config.set(ADAPTER, adapter.tree());
            Files.writeString(staged.path().resolve(CONFIG), config.toPrettyString() + "\n");
            WeightsWriter.write(staged.path().resolve(FILE), tensors, metadata);
            staged.commit();
        } catch (IOException e) {
            throw new UncheckedIOException(directory + ": cannot be written: " + e.getMessage(), e);
        }
    }

    /**
     * The model's parameters with the adapter in effect; its tensors are copies and belong to the open scope.
     *
     * @param params all of the model's weights; those that were trained are replaced
     * @throws WeightsException if a tensor is missing, left over, of another shape or not finite
     */
    static Params attach(Path directory, Model model, Params params) {
        Path file = directory.resolve(FILE);
        try (SafetensorsFile source = SafetensorsFile.open(file)) {
            var left = new TreeSet<String>(source.tensors().keySet());
            var own = new LinkedHashMap<String, Tensor>();
            params.weights().forEach((name, weight) -> {
                if (left.remove(name)) {
                    own.put(name, stored(source, name, weight).clone());
                }
            });
            AdapterSettings settings = settings(directory.resolve(CONFIG));
            Params attached = settings instanceof AdapterConfig config
                    ? restored(config, source, left, whole(model, own), model, params)
                    : ((Attachment) settings).attach(model, params, new Seed(0).generator());
            try (var off = Tensors.noGrad()) {
                attached.saved().forEach((name, tensor) -> {
                    if (own.containsKey(name) || settings instanceof AdapterConfig) {
                        return;
                    }
                    if (!left.remove(name)) {
                        throw new WeightsException(file, "has no " + name + ", which the adapter's settings ask for");
                    }
                    tensor.copy_(stored(source, name, tensor));
                });
            }
            if (!left.isEmpty()) {
                throw new WeightsException(
                        file, "has tensors that belong nowhere in this model: " + left + "; it was made for another");
            }
            return attached.replacing(own);
        }
    }

    /** Of the modules that a base may lack, those that the adapter brings. */
    private static List<String> whole(Model model, Map<String, Tensor> own) {
        return model.poolers().stream()
                .filter(module -> own.containsKey(module + ".weight"))
                .toList();
    }

    private static Tensor stored(SafetensorsFile source, String name, Tensor like) {
        Tensor tensor = source.tensor(name);
        if (!Arrays.equals(Tensors.shape(tensor), Tensors.shape(like))) {
            throw new WeightsException(
                    source.path(),
                    name + " is " + Arrays.toString(Tensors.shape(tensor)) + ", the model needs "
                            + Arrays.toString(Tensors.shape(like)));
        }
        return finite(source.path(), name, tensor);
    }

    private static Tensor finite(Path path, String name, Tensor tensor) {
        if (!tensor.isfinite().all().item_bool()) {
            throw new WeightsException(path, name + " holds NaN or infinite values; train again with a lower train.lr");
        }
        return tensor;
    }

    /**
     * With what was saved at each targeted module; takes its names from {@code left}.
     *
     * @param whole modules that were saved whole, with no adapter in them
     */
    private static Params restored(
            AdapterConfig config,
            SafetensorsFile source,
            Set<String> left,
            List<String> whole,
            Model model,
            Params params) {
        var byWeight = new LinkedHashMap<String, Parametrization>();
        var rules = new TargetRules(ModuleNames.list(config.targets()), null, whole, List.of(), List.of());
        for (String module : Targets.of(model, rules, "adapter.targets").modules()) {
            var parts = new LinkedHashMap<String, Tensor>();
            for (String name : List.copyOf(left)) {
                if (name.startsWith(module + ".")) {
                    left.remove(name);
                    parts.put(
                            name.substring(module.length() + 1),
                            Accumulation.wide(source.tensor(name)).clone());
                }
            }
            Tensor weight = Objects.requireNonNull(params.weights().get(module + ".weight"));
            boolean transposed = model.modules().isTransposed(module);
            Parametrization made = config.restore(module, transposed ? weight.t() : weight, parts);
            byWeight.put(module + ".weight", transposed ? new Transposed(made) : made);
        }
        return params.parametrized(byWeight);
    }

    private static AdapterSettings settings(Path config) {
        try {
            return Objects.requireNonNull(Choice.of(
                            Configs.read(config).path(ADAPTER), config + ": " + ADAPTER, AdapterSettings.class))
                    .settings();
        } catch (IOException e) {
            throw new UncheckedIOException(config + ": cannot be read: " + e.getMessage(), e);
        }
    }
}
