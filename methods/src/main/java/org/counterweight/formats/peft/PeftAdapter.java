package org.counterweight.formats.peft;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.adapt.TargetRules;
import org.counterweight.adapt.Targets;
import org.counterweight.adapt.lowrank.DoraConfig;
import org.counterweight.adapt.lowrank.LoraConfig;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Model;
import org.counterweight.model.Parametrization;
import org.counterweight.model.Params;
import org.counterweight.model.Transposed;
import org.counterweight.model.zoo.Architectures;
import org.counterweight.model.zoo.Encoder;
import org.counterweight.weights.SafetensorsFile;
import org.counterweight.weights.WeightsException;
import org.jspecify.annotations.Nullable;

/**
 * An adapter read from a directory for one base model: what stands at which weight, and what replaces which.
 *
 * @param parametrizations by the name of the base weight
 * @param replacements whole tensors in place of the base's: saved modules and biases, by name
 * @param warnings what a user should know, one line each
 */
public record PeftAdapter(
        PeftConfig config,
        Map<String, Parametrization> parametrizations,
        Map<String, Tensor> replacements,
        List<String> warnings) {
    static final String FILE = "adapter_model.safetensors";
    static final String PREFIX = "base_model.model.";
    private static final String TIED_HEAD = "lm_head.weight";

    /**
     * Reads an adapter. Its tensors are copies and belong to the open scope.
     *
     * @param base the weights of the base model, by the model's names
     * @param modelType the base's {@code model_type}
     * @throws WeightsException if a tensor is missing, left over, of another shape or not finite; it names them
     * @throws ConfigException if the config asks for what is not supported
     */
    public static PeftAdapter read(Path directory, Model model, String modelType, Map<String, Tensor> base) {
        PeftConfig config = PeftConfig.read(directory, modelType);
        PeftNames names = PeftNames.of(modelType);
        TargetRules rules = names.either(config.rules(), model);
        String field = directory.resolve(PeftConfig.FILE) + ": target_modules";
        Targets targets = config.type() == PeftType.LORA
                ? Targets.withEmbeddings(model, rules, field)
                : Targets.of(model, rules, field);
        Map<String, Tensor> stored = stored(
                directory, names, Architectures.prefix(model), model.modules().heads());
        var warnings = new ArrayList<>(config.warnings());
        targets.unmatched()
                .forEach(entry -> warnings.add("target_modules: \"" + entry + "\" matches no module of this model"));
        var parametrizations = new LinkedHashMap<String, Parametrization>();
        var replacements = new LinkedHashMap<String, Tensor>();
        for (String module : targets.modules()) {
            if (module.equals(model.modules().tiedEmbedding()) && !stored.containsKey(TIED_HEAD)) {
                throw new ConfigException(
                        field + ": the adapter stands at " + module
                                + ", whose table is the head's weight too (tie_word_embeddings): unmerged it changes one of the two,"
                                + " merged it would change both; train it without this target, or on a model whose head is its own");
            }
            Tensor bias = stored.remove(module + ".base_layer.bias");
            if (bias != null) {
                replacements.put(module + ".bias", fitting(module + ".bias", bias, base));
            }
            Tensor weight = base(base, module + ".weight");
            Tensor resized = stored.remove(module + ".base_layer.weight"); // PEFT stores a targeted embedding along
            if (resized != null) {
                weight = fitting(module + ".weight", resized, base);
                replacements.put(module + ".weight", weight);
            }
            Map<String, Tensor> own = taken(stored, module, config.type());
            boolean isTransposed = model.modules().isTransposed(module);
            if (isTransposed && config.type() == PeftType.LORA) {
                checkTransposed(directory, config, module);
            }
            Tensor addedBias = own.remove("lora_B.bias");
            if (addedBias != null) {
                Tensor old = replacements.getOrDefault(module + ".bias", base.get(module + ".bias"));
                replacements.put(module + ".bias", withAdded(config, module, old, addedBias));
            }
            Parametrization adapter = restored(directory, config, module, isTransposed ? weight.t() : weight, own);
            parametrizations.put(module + ".weight", isTransposed ? new Transposed(adapter) : adapter);
        }
        takeWhole(config, base, stored, replacements);
        takeUntiedHead(model, base, stored, replacements, warnings);
        if (!stored.isEmpty()) {
            throw new WeightsException(
                    directory.resolve(FILE),
                    "has tensors that belong to no module of this model: " + new TreeSet<>(stored.keySet())
                            + "; the adapter was made for another base, or its config does not fit it");
        }
        return new PeftAdapter(config, parametrizations, replacements, List.copyOf(warnings));
    }

    private static void checkTransposed(Path directory, PeftConfig config, String module) {
        try {
            StartOfLora.checkTransposed(config.value("init_lora_weights"), module);
        } catch (ConfigException e) {
            throw new ConfigException(directory.resolve(PeftConfig.FILE) + ": " + e.getMessage(), e);
        }
    }

    private static Parametrization restored(
            Path directory, PeftConfig config, String module, Tensor weight, Map<String, Tensor> own) {
        try {
            boolean isTooCoarse = config.startsInBase() && weight.element_size() < 4;
            return PeftTensors.restore(config, module, isTooCoarse ? weight.to(ScalarType.Float) : weight, own);
        } catch (ConfigException e) {
            throw new ConfigException(directory.resolve(PeftConfig.FILE) + ": " + e.getMessage(), e);
        } catch (WeightsException e) { // it knows the module, but not the file
            throw new WeightsException(directory.resolve(FILE), String.valueOf(e.getMessage()), e);
        }
    }

    /**
     * All tensors by the model's names; adapters in half precision are computed with in float32, as in PEFT. One that was
     * trained on the model without its head ({@code AutoModel}) has names without the base model's prefix.
     */
    private static Map<String, Tensor> stored(Path directory, PeftNames names, String prefix, List<String> heads) {
        Map<String, Tensor> bare = stored(directory, names, name -> name.startsWith(PREFIX));
        if (prefix.isEmpty() || bare.keySet().stream().anyMatch(name -> name.startsWith(prefix))) {
            return bare;
        }
        var stored = new LinkedHashMap<String, Tensor>();
        bare.forEach((name, tensor) -> stored.put(
                heads.stream().anyMatch(head -> name.startsWith(head + ".")) ? name : prefix + name, tensor));
        return stored;
    }

    /**
     * All tensors by the names of {@link SavedWhole#bare}, in float32 at least.
     *
     * @param names what of them the model calls otherwise
     * @param expected the names that such a file may have
     */
    static Map<String, Tensor> stored(Path directory, PeftNames names, Predicate<String> expected) {
        Path file = directory.resolve(FILE);
        if (!Files.exists(file) && Files.exists(directory.resolve("adapter_model.bin"))) {
            throw new WeightsException(
                    directory.resolve("adapter_model.bin"),
                    "is a pickle, which can run code when it is read; save the adapter as safetensors");
        }
        var stored = new LinkedHashMap<String, Tensor>();
        try (SafetensorsFile source = SafetensorsFile.open(file)) {
            for (String name : source.tensors().keySet()) {
                if (!expected.test(name)) {
                    throw new WeightsException(file, name + ": the name does not begin with " + PREFIX);
                }
                if (SavedWhole.isOriginal(name)) {
                    continue;
                }
                Tensor tensor = source.tensor(name);
                ScalarType type = tensor.scalar_type().intern();
                boolean isHalf = type == ScalarType.Half || type == ScalarType.BFloat16;
                stored.put(names.inFiles(SavedWhole.bare(name)), isHalf ? tensor.to(ScalarType.Float) : tensor.clone());
            }
        }
        return stored;
    }

    /** {@code lora_bias}: b' = b + s · lora_B.bias, merged or not. */
    private static Tensor withAdded(PeftConfig config, String module, @Nullable Tensor bias, Tensor added) {
        double scale = config.adapter(module) instanceof DoraConfig dora
                ? dora.scale()
                : ((LoraConfig) config.adapter(module)).scale(); // the suffix belongs to LORA alone
        Tensor scaled = Tensors.times(added, scale);
        return bias == null ? scaled : bias.add(scaled);
    }

    private static Map<String, Tensor> taken(Map<String, Tensor> stored, String module, PeftType type) {
        var own = new LinkedHashMap<String, Tensor>();
        for (String suffix : PeftTensors.suffixes(type)) {
            Tensor tensor = stored.remove(module + "." + suffix);
            if (tensor != null) {
                own.put(suffix, tensor);
            }
        }
        return own;
    }

    private static void takeWhole(
            PeftConfig config, Map<String, Tensor> base, Map<String, Tensor> stored, Map<String, Tensor> replacements) {
        for (var entry : new LinkedHashMap<>(stored).entrySet()) {
            String name = entry.getKey();
            int dot = name.lastIndexOf('.');
            String module = dot < 0 ? name : name.substring(0, dot);
            boolean isSaved = isSaved(config.savedModules(), module);
            boolean isBias = name.endsWith(".bias") && config.bias().equals("all");
            boolean isEmbedding = module.endsWith("embed_tokens") || module.endsWith("lm_head");
            if (base.containsKey(name) && (isSaved || isBias || isEmbedding)) {
                replacements.put(name, fitting(name, entry.getValue(), base));
                stored.remove(name);
            }
        }
        for (String name : base.keySet()) {
            int dot = name.lastIndexOf('.');
            String module = dot < 0 ? name : name.substring(0, dot);
            if (!replacements.containsKey(name) && isSaved(config.namedModules(), module)) {
                throw new WeightsException(
                        "the adapter saves " + module + " whole, but its file has no " + PREFIX + name);
            }
        }
    }

    /**
     * A head that is tied in the base has no weight of its own there; an adapter that saved it brings one. One that saved
     * the embedding alone leaves the head as it was: so PEFT computes, with the adapter beside the weights and merged.
     */
    private static void takeUntiedHead(
            Model model,
            Map<String, Tensor> base,
            Map<String, Tensor> stored,
            Map<String, Tensor> replacements,
            List<String> warnings) {
        if (base.containsKey(TIED_HEAD) || model.modules().embeddings().isEmpty()) {
            return;
        }
        String embedding = model.modules().embeddings().get(0) + ".weight";
        Tensor table = base(base, embedding);
        Tensor head = stored.remove(TIED_HEAD);
        if (head != null) {
            replacements.put(TIED_HEAD, fitting(TIED_HEAD, head, Map.of(TIED_HEAD, table)));
        } else if (model.modules().tiedEmbedding() != null && replacements.containsKey(embedding)) {
            if (model instanceof Encoder) {
                throw new ConfigException(
                        FILE + ": the adapter saves " + embedding + ", but not the decoder that is tied to it;"
                                + " this model has one table for both: train it without modules_to_save of the embedding");
            }
            replacements.put(TIED_HEAD, table.clone());
            warnings.add(
                    "the adapter saves " + embedding + ", but not the head that is tied to it (tie_word_embeddings):"
                            + " the head keeps the base's table, as in PEFT; ensure_weight_tying trains both as one");
        }
    }

    /** Whether the module, or one that it lies in, ends with the name of one that is saved whole; PEFT asks for no dot. */
    private static boolean isSaved(List<String> modules, String module) {
        return modules.stream().anyMatch(saved -> module.endsWith(saved) || (module + ".").contains(saved + "."));
    }

    private static Tensor base(Map<String, Tensor> base, String name) {
        Tensor weight = base.get(name);
        if (weight == null) {
            throw new WeightsException("the base model has no " + name + ", which the adapter stands at");
        }
        return weight;
    }

    static Tensor fitting(String name, Tensor stored, Map<String, Tensor> base) {
        Tensor old = base.get(name);
        if (old != null && !Arrays.equals(Tensors.shape(old), Tensors.shape(stored))) {
            throw new WeightsException(name + ": " + Arrays.toString(Tensors.shape(stored)) + " in the adapter, "
                    + Arrays.toString(Tensors.shape(old)) + " in the base model");
        }
        if (!stored.isfinite().all().item_bool()) {
            throw new WeightsException(name + ": holds NaN or infinite values; the adapter is damaged");
        }
        return stored;
    }

    /** The base with this adapter in effect, unmerged. */
    public Params attach(Params base) {
        return base.replacing(replacements).parametrized(parametrizations);
    }

    /**
     * The base's weights with this adapter merged into them; tensors that it does not touch are the base's own.
     *
     * @throws WeightsException if a merged weight is not finite; it names the module
     */
    public Map<String, Tensor> merged(Map<String, Tensor> base) {
        var merged = new LinkedHashMap<>(base);
        merged.putAll(replacements);
        try (var off = Tensors.noGrad()) {
            parametrizations.forEach((name, adapter) -> {
                try (var scope = Scope.open()) {
                    Tensor weight = adapter.weight(base(merged, name));
                    if (!weight.isfinite().all().item_bool()) {
                        throw new WeightsException(name + ": merging gives NaN or infinite values; nothing was merged");
                    }
                    merged.put(name, scope.keep(weight));
                }
            });
        }
        return merged;
    }
}
