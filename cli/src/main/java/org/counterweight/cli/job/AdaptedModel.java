package org.counterweight.cli.job;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.adapterhub.AdapterHub;
import org.counterweight.cli.recipe.AdapterFormat;
import org.counterweight.cli.recipe.TaskKind;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.zoo.Architectures;
import org.counterweight.peft.PeftAdapter;
import org.counterweight.peft.SorsaPackage;
import org.counterweight.weights.ModelDirectory;
import org.counterweight.weights.Quantisation;
import org.counterweight.weights.WeightsException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * A model from a directory, with an adapter of another on it if there is one. The tensors belong to the open scope, and are
 * views of the directory's files where the adapter does not touch them.
 *
 * @param config the model's, or that which lies beside the adapter: a classifier's base need not have its head
 * @param warnings what is in the adapter and has no effect
 */
record AdaptedModel(ObjectNode config, Model model, Params params, List<String> warnings) {
    private static final String CONFIG = "config.json";

    /** What a model is for, by the head that its config.json, or the one beside the adapter, names. */
    static TaskKind kind(Path directory, @Nullable Path adapter) {
        try (ModelDirectory files = ModelDirectory.open(directory)) {
            Quantisation.refuse(files);
            String head = config(files, adapter).path("architectures").path(0).asString("");
            return head.endsWith("CausalLM") || head.endsWith("LMHeadModel")
                    ? TaskKind.CAUSAL_LM
                    : head.endsWith("MaskedLM") || head.endsWith("ForPreTraining")
                            ? TaskKind.MASKED_LM
                            : TaskKind.TEXT_CLASSIFICATION;
        }
    }

    static AdaptedModel of(ModelDirectory files, @Nullable Path adapter) {
        Quantisation.refuse(files);
        ObjectNode config = config(files, adapter);
        Model model = model(files, config);
        Map<String, Tensor> stored = new LinkedHashMap<>();
        files.tensors().keySet().forEach(name -> stored.put(name, files.tensor(name)));
        Map<String, Tensor> found = Architectures.fit(model, stored).byName();
        var weights = new LinkedHashMap<String, Tensor>();
        var blank = new LinkedHashMap<String, Tensor>();
        model.shapes().forEach((name, shape) -> {
            Tensor tensor = found.get(name);
            boolean fits = tensor != null && Arrays.equals(Tensors.shape(tensor), shape);
            if (adapter != null && !fits && isTrainedWhole(model, name)) {
                blank.put(name, Tensors.zeros(shape)); // the adapter has to bring it
            } else if (tensor == null) {
                throw new WeightsException(
                        files.path(),
                        "has no " + name
                                + ", which its config.json asks for; take config.json and weights of one model");
            } else if (!fits) {
                throw new WeightsException(
                        files.path(),
                        name + " is " + Arrays.toString(Tensors.shape(tensor)) + ", but config.json asks for "
                                + Arrays.toString(shape) + "; take config.json and weights of one model");
            }
            weights.put(name, tensor == null || blank.containsKey(name) ? blank.get(name) : tensor);
        });
        Params base = Params.of(weights);
        if (adapter == null) {
            return new AdaptedModel(config, model, base, List.of());
        }
        Attached attached = attached(adapter, config, model, base);
        blank.forEach((name, tensor) -> {
            if (attached.params().weights().get(name) == tensor) {
                throw new WeightsException(
                        "neither " + files.path() + " nor " + adapter + " has a " + name + " that fits");
            }
        });
        return new AdaptedModel(config, model, attached.params(), attached.warnings());
    }

    /** Whether a weight is of a head or pooler, which an adapter may bring with it. */
    private static boolean isTrainedWhole(Model model, String weight) {
        return BaseModel.isWithin(model.headModules(), weight) || BaseModel.isWithin(model.poolers(), weight);
    }

    private record Attached(Params params, List<String> warnings) {}

    private static Attached attached(Path adapter, ObjectNode config, Model model, Params base) {
        if (!Files.isDirectory(adapter)) {
            throw new WeightsException(adapter, "there is no such directory");
        }
        AdapterDirectory directory = AdapterDirectory.at(adapter);
        AdapterFormat format =
                directory == null ? AdapterFormat.PEFT : directory.format(); // PEFT's reader says what is amiss
        return switch (format) {
            case OWN -> new Attached(OwnAdapter.attach(adapter, model, base), List.of());
            case ADAPTERHUB -> new Attached(AdapterHub.attach(adapter, model, base), List.of());
            case SORSA -> new Attached(SorsaPackage.attach(adapter, model, base), List.of());
            case AUTO, PEFT, BONE -> {
                String type = config.path("model_type").asString("");
                PeftAdapter peft = PeftAdapter.read(adapter, model, type, base.weights());
                yield new Attached(peft.attach(base), peft.warnings());
            }
        };
    }

    private static Model model(ModelDirectory files, ObjectNode config) {
        try {
            return Architectures.of(config);
        } catch (ConfigException e) {
            throw new ConfigException(files.path().resolve(CONFIG) + ": " + e.getMessage(), e);
        }
    }

    private static ObjectNode config(ModelDirectory files, @Nullable Path adapter) {
        ObjectNode own = files.config();
        ObjectNode config = adapter == null ? null : beside(adapter);
        if (config == null) {
            return own;
        }
        if (!config.path("model_type").equals(own.path("model_type"))) {
            throw new ConfigException(adapter + "/" + CONFIG + ": model_type is " + config.path("model_type")
                    + ", that of " + files.path() + " is " + own.path("model_type"));
        }
        config.remove("quantization_config"); // of the base that it was trained on; the weights are those of this one
        return config;
    }

    /** The model's config that an adapter brings; null if it has none. */
    private static @Nullable ObjectNode beside(Path adapter) {
        Path file = adapter.resolve(CONFIG);
        if (SorsaPackage.isAt(adapter)) {
            return SorsaPackage.modelConfig(adapter);
        }
        try {
            return Files.exists(file) ? Configs.read(file) : null;
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }

    /**
     * The weights with the adapter computed into them, each in the type it is stored in.
     *
     * @throws ConfigException if no weights do what the adapter does
     * @throws WeightsException if one would not be finite
     */
    Merged merged() {
        if (!params.taps().isEmpty()) {
            throw new ConfigException("the adapter cannot be merged: " + Outputs.UNMERGEABLE);
        }
        return Merged.of(params);
    }
}
