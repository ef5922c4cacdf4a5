package org.counterweight.jobs.model;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.config.ConfigException;
import org.counterweight.fewgen.prompt.PromptConfig;
import org.counterweight.formats.AttachedAdapter;
import org.counterweight.formats.Format;
import org.counterweight.jobs.model.adapter.MergedWeights;
import org.counterweight.jobs.recipe.AdapterFormat;
import org.counterweight.jobs.recipe.TaskKind;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.Prefix;
import org.counterweight.model.config.Classes;
import org.counterweight.model.zoo.Architectures;
import org.counterweight.model.zoo.Heads;
import org.counterweight.weights.ModelDirectory;
import org.counterweight.weights.WeightsException;
import org.counterweight.weights.quantised.Quantisation;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * A model from a directory, with an adapter of another on it if there is one. The tensors belong to the open scope, and are
 * views of the directory's files where the adapter does not touch them.
 *
 * @param config the model's, or that which lies beside the adapter: a classifier's base need not have its head
 * @param params in the types in which the files have them; {@link #computed} is what a model is asked with
 * @param types in which the model's own files have its weights, by name
 * @param warnings what is to be known: what is in the adapter and has no effect, or a head that the config does not speak of
 */
public record AdaptedModel(
        ObjectNode config, Model model, Params params, Map<String, ScalarType> types, List<String> warnings) {
    private static final String BIAS = ".bias";

    /**
     * What a model is for, by the head that its config.json names, or that an adapter brings; a head for hidden words with a
     * prompt beside it predicts classes. Whether the outputs of a head on
     * texts or a table's rows are classes or scores, {@link org.counterweight.model.config.Problem} tells.
     */
    public static TaskKind kind(Path directory, @Nullable Path adapter) {
        try (ModelDirectory files = ModelDirectory.open(directory)) {
            Quantisation.refuse(files);
            ObjectNode config = EffectiveModel.of(files, adapter).config();
            if (ModelDescription.isOfImages(config)) {
                return TaskKind.IMAGE_CLASSIFICATION;
            }
            if (ModelDescription.isOfNoise(config)) {
                return TaskKind.DIFFUSION;
            }
            if (ModelDescription.isOfNodes(config)) {
                return TaskKind.NODE_CLASSIFICATION;
            }
            if (ModelDescription.isOfTables(config)) {
                return TaskKind.TABLE_CLASSIFICATION;
            }
            String head = config.path("architectures").path(0).asString("");
            if (Classes.areToldOfTokens(config)) {
                return TaskKind.TOKEN_CLASSIFICATION;
            }
            if (head.endsWith("ForConditionalGeneration")) {
                return TaskKind.TEXT_TO_TEXT;
            }
            if (Heads.goesOn(config)) {
                return TaskKind.CAUSAL_LM;
            }
            return Heads.fillsGaps(config) && !PromptConfig.isFor(directory, config)
                    ? TaskKind.MASKED_LM
                    : TaskKind.TEXT_CLASSIFICATION;
        }
    }

    /** Whether it compares texts and images. */
    public static boolean isPair(Path directory, @Nullable Path adapter) {
        try (ModelDirectory files = ModelDirectory.open(directory)) {
            ObjectNode config = EffectiveModel.of(files, adapter).config();
            return config.path("architectures").path(0).asString("").equals("CLIPModel");
        }
    }

    public static AdaptedModel of(ModelDirectory files, @Nullable Path adapter) {
        return of(files, adapter, false);
    }

    /** The same of which only hidden states are asked: what comes behind them may be missing from the files. */
    public static AdaptedModel ofStates(ModelDirectory files, @Nullable Path adapter) {
        return of(files, adapter, true);
    }

    private static AdaptedModel of(ModelDirectory files, @Nullable Path adapter, boolean statesAlone) {
        Quantisation.refuse(files);
        EffectiveModel asked = EffectiveModel.of(files, adapter);
        Model model = asked.model();
        FoundWeights found = FoundWeights.of(files, asked, statesAlone);
        Params base = Params.of(found.weights());
        if (adapter == null) {
            return new AdaptedModel(asked.config(), model, base, found.types(), asked.remarks());
        }
        AttachedAdapter attached = attached(adapter, asked.config(), model, base);
        attached.params().weights().forEach((name, tensor) -> {
            if (found.isBlank(tensor)) {
                throw new WeightsException("neither " + files.path() + " nor " + adapter + " has a " + name
                        + " that fits" + asked.resizing());
            }
        });
        List<String> warnings = Stream.concat(asked.remarks().stream(), attached.warnings().stream())
                .toList();
        var adapted = new AdaptedModel(asked.config(), model, attached.params(), found.types(), warnings);
        if (adapted.places() < 1) {
            throw new WeightsException(
                    adapter,
                    "has a prefix of " + adapted.prefix() + " places, and the model "
                            + Architectures.positions(adapted.config())
                            + " positions: no text has room behind it; it was made for another base");
        }
        return adapted;
    }

    private static AttachedAdapter attached(Path adapter, ObjectNode config, Model model, Params base) {
        if (!Files.isDirectory(adapter)) {
            throw new WeightsException(adapter, "there is no such directory");
        }
        AdapterFormat form = AdapterFormat.at(adapter).orElse(AdapterFormat.PEFT); // whose reader says what is amiss
        return form.format().read(adapter, model, config, base);
    }

    /**
     * What the model is asked with: everything in float32, as it is trained. Half precision is a way to store weights here;
     * products in it would lose digits of answers, and on a processor take longer.
     */
    public Params computed() {
        return Format.inFloat32(params);
    }

    /**
     * The same on a device.
     *
     * @throws ConfigException if it is another than the processor, and no weights do what the adapter does
     */
    public Params computed(Device device) {
        if (!device.is_cuda()) {
            return computed();
        }
        if (!params.isOfWeightsAlone()) {
            throw new ConfigException("--device: cuda is only for weights; give cpu: " + MergedWeights.whyNot(params));
        }
        var moved = new LinkedHashMap<>(inFloat32(params.materialized()));
        moved.replaceAll((name, tensor) -> tensor.to(device, tensor.scalar_type()));
        return Params.of(moved);
    }

    /** Tensors that have that type already, or hold no fractions, are the same. */
    public static Map<String, Tensor> inFloat32(Map<String, Tensor> weights) {
        var floats = new LinkedHashMap<>(weights);
        floats.replaceAll((name, tensor) -> tensor.is_floating_point() ? tensor.to(ScalarType.Float) : tensor);
        return floats;
    }

    /** The most tokens that a text may have; {@link Integer#MAX_VALUE} where no positions are learned. */
    public int places() {
        int positions = Architectures.positions(config);
        return positions == Integer.MAX_VALUE ? positions : positions - prefix();
    }

    /** How many places stand before every text. */
    private int prefix() {
        Prefix before = params.prefix();
        return before == null ? 0 : Math.toIntExact(before.length());
    }

    /**
     * Refuses texts of more tokens than there are places for.
     *
     * @param field where their length stands, for the message
     */
    public void checkLength(String field, int length) {
        if (length > places()) {
            throw new ConfigException(
                    field,
                    length,
                    "at most " + places() + ", the model's number of positions"
                            + (prefix() == 0 ? "" : " without the " + prefix() + " of the adapter's prefix"));
        }
    }

    /**
     * The weights with the adapter computed into them, each in the type it is stored in.
     *
     * @throws ConfigException if no weights do what the adapter does
     * @throws WeightsException if one would not be finite
     */
    public MergedWeights merged() {
        if (!params.isOfWeightsAlone()) {
            throw new ConfigException("the adapter cannot be merged: " + MergedWeights.whyNot(params));
        }
        params.weights().keySet().stream().filter(this::isAddedBias).findFirst().ifPresent(name -> {
            throw new ConfigException(
                    "the adapter cannot be merged: it adds " + name + " (lora_bias), and the model has no bias there"
                            + " that could hold it, so that PEFT does not"
                            + " merge it either; use the two together");
        });
        return MergedWeights.of(params, types);
    }

    /** Whether it is a bias of a module that has none in the model's files. */
    private boolean isAddedBias(String name) {
        return name.endsWith(BIAS)
                && !model.shapes().containsKey(name)
                && model.modules().find(name.substring(0, name.length() - BIAS.length())) != null;
    }
}
