package org.counterweight.formats.sorsa;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.adapt.Attachment;
import org.counterweight.adapt.lowrank.Residual;
import org.counterweight.adapt.sorsa.Orthonormality;
import org.counterweight.adapt.sorsa.Sorsa;
import org.counterweight.adapt.sorsa.SorsaConfig;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Model;
import org.counterweight.model.Parametrization;
import org.counterweight.model.Params;
import org.counterweight.model.zoo.Architectures;
import org.counterweight.weights.ModelDirectory;
import org.counterweight.weights.Staged;
import org.counterweight.weights.WeightsException;
import org.counterweight.weights.WeightsWriter;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A model with SORSA as the method's official package saves it: all weights under {@code model.}, those of adapted modules
 * as what the triplets leave of them, with {@code sorsa_A}, {@code sorsa_S} and {@code sorsa_B} beside them; and a
 * {@code config.json} of type {@code sorsa}. Ours has one key more, {@value #MODEL_CONFIG}, with the model's own
 * {@code config.json}: it names a classifier's classes, which the package has no place for.
 */
public final class SorsaPackage {
    /** The package's {@code model_type}. */
    public static final String TYPE = "sorsa";

    private static final String CONFIG = "config.json";
    private static final String MODEL_CONFIG = "base_model_config";
    private static final String PREFIX = "model.";

    /** Parts of a triplet's names, the singular vectors of the input side first. */
    private static final List<String> PARTS = List.of("sorsa_A", "sorsa_S", "sorsa_B");

    private SorsaPackage() {}

    /** Whether a directory is one of these. */
    public static boolean isAt(Path directory) {
        if (!Files.exists(directory.resolve(CONFIG))) {
            return false;
        }
        try {
            return config(directory).path("model_type").asString("").equals(TYPE);
        } catch (ConfigException e) {
            return false; // what is amiss is told by whoever takes it for a model's
        }
    }

    /** Its {@code config.json}, as it lies there. */
    public static ObjectNode config(Path directory) {
        try {
            return Configs.read(directory.resolve(CONFIG));
        } catch (IOException e) {
            throw new UncheckedIOException(directory.resolve(CONFIG) + ": cannot be read: " + e.getMessage(), e);
        }
    }

    /** The {@code config.json} of the model with its head; null in what the official package wrote. */
    public static @Nullable ObjectNode modelConfig(Path directory) {
        return config(directory).path(MODEL_CONFIG) instanceof ObjectNode model ? model : null;
    }

    /**
     * Refuses an adapter of another kind.
     *
     * @throws ConfigException with the reason
     */
    public static void check(Attachment settings) {
        if (!(settings instanceof SorsaConfig)) {
            throw new ConfigException("SORSA's package holds sorsa alone");
        }
    }

    /**
     * Refuses modules that the package, which replaces {@code torch.nn.Linear}, cannot stand at.
     *
     * @throws ConfigException with the reason
     */
    public static void check(Model model, List<String> modules) {
        modules.stream().filter(model.modules()::isTransposed).findFirst().ifPresent(module -> {
            throw new ConfigException(module + " is stored transposed (Conv1D), for which SORSA's package has no form");
        });
    }

    /**
     * The model's parameters as the directory has them: every weight is its own, and the triplets stand on what they leave of
     * theirs. The tensors are copies and belong to the open scope.
     *
     * @param params of the base model, of which names and shapes are compared with the directory's
     * @throws WeightsException if a tensor is missing, left over, of another shape or not finite; it names them
     * @throws ConfigException if the rank or alpha in its config cannot be
     */
    public static Params attach(Path directory, Model model, Params params) {
        SorsaConfig settings = settings(directory);
        var weights = new LinkedHashMap<String, Tensor>();
        var parts = new LinkedHashMap<String, Map<String, Tensor>>();
        try (ModelDirectory files = ModelDirectory.open(directory)) {
            for (String stored : files.tensors().keySet()) {
                String name = stored.startsWith(PREFIX) ? stored.substring(PREFIX.length()) : stored;
                int dot = name.lastIndexOf('.');
                if (PARTS.contains(name.substring(dot + 1))) {
                    parts.computeIfAbsent(name.substring(0, Math.max(0, dot)), module -> new LinkedHashMap<>())
                            .put(
                                    name.substring(dot + 1),
                                    finite(directory, stored, files.tensor(stored))
                                            .to(ScalarType.Float));
                } else {
                    weights.put(name, finite(directory, stored, files.tensor(stored)));
                }
            }
        }
        Map<String, Tensor> fitted = fitted(directory, model, params, weights);
        var adapters = new LinkedHashMap<String, Parametrization>();
        parts.forEach((module, triplets) -> {
            Tensor weight = fitted.get(module + ".weight");
            if (weight == null
                    || !model.modules().linears().contains(module)
                    || model.modules().isTransposed(module)) {
                throw new WeightsException(
                        directory, module + " has triplets, but this model has no such linear module");
            }
            adapters.put(module + ".weight", restored(directory, settings, module, Tensors.shape(weight), triplets));
        });
        return params.replacing(fitted).parametrized(adapters);
    }

    private static SorsaConfig settings(Path directory) {
        ObjectNode config = config(directory);
        JsonNode rank = config.path("rank");
        JsonNode alpha = config.path("alpha");
        if (!rank.isInt() || !(alpha.isNumber() || alpha.isMissingNode() || alpha.isNull())) {
            throw new ConfigException(directory.resolve(CONFIG) + ": rank " + rank + ", alpha " + alpha
                    + "; an integer and a number belong there");
        }
        try {
            Double factor = alpha.isNumber() && alpha.asDouble() != rank.asInt() ? alpha.asDouble() : null;
            return new SorsaConfig(rank.asInt(), factor, 0, 0, Orthonormality.MEAN, false, 0, List.of("all-linear"));
        } catch (ConfigException e) {
            throw new ConfigException(directory.resolve(CONFIG) + ": " + e.getMessage(), e);
        }
    }

    private static Map<String, Tensor> fitted(Path directory, Model model, Params params, Map<String, Tensor> weights) {
        Architectures.Fitted<Tensor> fit = Architectures.fit(model, weights);
        if (!fit.missing().isEmpty() || !fit.unexpected().isEmpty()) {
            throw new WeightsException(
                    directory,
                    (fit.missing().isEmpty()
                                    ? "has weights that belong nowhere in this model: " + fit.unexpected()
                                    : "has no weights " + fit.missing())
                            + "; it was made from another base");
        }
        fit.byName().forEach((name, tensor) -> {
            Tensor base = params.weights().get(name);
            if (base != null && !Arrays.equals(Tensors.shape(base), Tensors.shape(tensor))) {
                throw unfit(directory, name, Tensors.shape(tensor), Tensors.shape(base));
            }
        });
        return fit.byName();
    }

    private static Sorsa restored(
            Path directory, SorsaConfig settings, String module, long[] weight, Map<String, Tensor> triplets) {
        long r = Math.min(settings.r(), Math.min(weight[0], weight[1])); // the package takes all that there are
        return new Sorsa(
                settings,
                part(directory, module, "sorsa_A", triplets, r, weight[1]),
                part(directory, module, "sorsa_S", triplets, r),
                part(directory, module, "sorsa_B", triplets, weight[0], r));
    }

    private static Tensor part(
            Path directory, String module, String name, Map<String, Tensor> triplets, long... shape) {
        Tensor tensor = triplets.get(name);
        if (tensor == null) {
            throw new WeightsException(directory, module + " has no " + name + "; the file is incomplete");
        }
        if (!Arrays.equals(Tensors.shape(tensor), shape)) {
            throw unfit(directory, module + "." + name, Tensors.shape(tensor), shape);
        }
        return tensor;
    }

    private static WeightsException unfit(Path directory, String name, long[] found, long[] expected) {
        return new WeightsException(
                directory,
                name + ": " + Arrays.toString(found) + ", expected " + Arrays.toString(expected)
                        + "; it was made from another base, or its config has another rank");
    }

    private static Tensor finite(Path directory, String name, Tensor tensor) {
        if (!tensor.isfinite().all().item_bool()) {
            throw new WeightsException(directory, name + ": holds NaN or infinite values; it is damaged");
        }
        return tensor.clone();
    }

    /**
     * Writes the directory, whole or not at all.
     *
     * @param params of the whole model
     * @param base what to say about the base model
     * @param modelConfig its {@code config.json}, with the head's classes
     * @param metadata remarks of the weights file: the ledger
     * @throws WeightsException if a tensor is not finite; nothing is written then
     */
    public static void write(
            Path directory,
            SorsaConfig settings,
            Params params,
            String base,
            ObjectNode modelConfig,
            Map<String, String> metadata) {
        ObjectNode config = Configs.JSON.createObjectNode();
        config.put("model_type", TYPE);
        config.put("base_model_name_or_path", base);
        config.put("rank", settings.r());
        config.put("alpha", settings.alpha() == null ? settings.r() : settings.alpha());
        config.put("dropout", settings.dropout());
        var targets = config.putArray("target_modules");
        settings.targets().forEach(targets::add);
        config.set(MODEL_CONFIG, modelConfig);
        try (var scope = Scope.open();
                Staged staged = Staged.output(directory)) {
            var tensors = new LinkedHashMap<String, Tensor>();
            params.weights().forEach((name, tensor) -> put(tensors, name, tensor));
            params.parametrizations().forEach((weight, adapter) -> put(tensors, weight, adapter));
            Files.writeString(staged.path().resolve(CONFIG), config.toPrettyString() + "\n");
            WeightsWriter.write(staged.path().resolve("model.safetensors"), tensors, metadata);
            staged.commit();
        } catch (IOException e) {
            throw new UncheckedIOException(directory + ": cannot be written: " + e.getMessage(), e);
        }
    }

    private static void put(Map<String, Tensor> tensors, String weight, Parametrization adapter) {
        if (!(adapter instanceof Residual residual)) {
            throw new IllegalArgumentException(weight + " has another adapter than sorsa, or is stored transposed");
        }
        put(tensors, weight, residual.rest());
        String module = weight.substring(0, weight.length() - "weight".length());
        residual.inner().tensors().forEach((part, tensor) -> put(tensors, module + part, tensor));
    }

    private static void put(Map<String, Tensor> tensors, String name, Tensor tensor) {
        if (!tensor.isfinite().all().item_bool()) {
            throw new WeightsException(name + ": holds NaN or infinite values; the adapter was not written");
        }
        tensors.put(PREFIX + name, tensor.detach().cpu().contiguous());
    }
}
