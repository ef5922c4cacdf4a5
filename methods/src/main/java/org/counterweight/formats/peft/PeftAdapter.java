package org.counterweight.formats.peft;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.formats.peft.config.PeftConfig;
import org.counterweight.formats.peft.config.PeftNames;
import org.counterweight.model.Model;
import org.counterweight.model.Parametrization;
import org.counterweight.model.Params;
import org.counterweight.weights.Pickles;
import org.counterweight.weights.SafetensorsFile;
import org.counterweight.weights.WeightsException;

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
    private static final Pattern SHARD = Pattern.compile("adapter_model-\\d{5}-of-(\\d{5})\\.safetensors");

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
        return new PeftReading(directory, config, PeftNames.of(modelType), model, base).adapter();
    }

    /**
     * All tensors by the model's names; adapters in half precision are computed with in float32, as in PEFT. One that was
     * trained on the model without its head ({@code AutoModel}) has names without the base model's prefix.
     *
     * @param prefix of the base model's names, before which a head's stand without one
     */
    static Map<String, Tensor> stored(Path directory, PeftNames names, String prefix, List<String> heads) {
        var shared = Set.of(SharedProjections.A, SharedProjections.B);
        Map<String, Tensor> bare =
                stored(directory, names, name -> name.startsWith(PREFIX) || shared.contains(SavedWhole.bare(name)));
        if (prefix.isEmpty() || bare.keySet().stream().anyMatch(name -> name.startsWith(prefix))) {
            return bare;
        }
        var stored = new LinkedHashMap<String, Tensor>();
        bare.forEach((name, tensor) -> {
            boolean isBare = shared.contains(name) || heads.stream().anyMatch(head -> name.startsWith(head + "."));
            stored.put(isBare ? name : prefix + name, tensor);
        });
        return stored;
    }

    /**
     * All tensors by the names of {@link SavedWhole#bare}, in float32 at least.
     *
     * @param names what of them the model calls otherwise
     * @param expected the names that such a file may have
     */
    static Map<String, Tensor> stored(Path directory, PeftNames names, Predicate<String> expected) {
        var stored = new LinkedHashMap<String, Tensor>();
        for (Path file : files(directory)) {
            try (SafetensorsFile source = SafetensorsFile.open(file)) {
                for (String name : source.tensors().keySet()) {
                    if (!expected.test(SavedWhole.uncompiled(name))) {
                        throw new WeightsException(
                                file,
                                name + ": the name does not begin with " + PREFIX
                                        + ", as PEFT's do; save the adapter with PEFT's save_pretrained");
                    }
                    if (!SavedWhole.isOriginal(name)) {
                        stored.put(names.inFiles(SavedWhole.bare(name)), atLeastFloat(source.tensor(name)));
                    }
                }
            }
        }
        return stored;
    }

    private static Tensor atLeastFloat(Tensor tensor) {
        ScalarType type = tensor.scalar_type().intern();
        boolean isHalf = type == ScalarType.Half || type == ScalarType.BFloat16;
        return isHalf ? tensor.to(ScalarType.Float) : tensor.clone();
    }

    /**
     * The file of the weights, as PEFT writes it, or the shards that transformers cuts a large adapter into.
     *
     * @throws WeightsException if they are pickles, or there is no such file, or a shard is missing
     */
    static List<Path> files(Path directory) {
        Path whole = directory.resolve(FILE);
        if (Files.exists(whole)) {
            return List.of(whole);
        }
        Path pickle = directory.resolve("adapter_model.bin");
        if (Files.exists(pickle)) {
            throw Pickles.refusal(pickle, FILE);
        }
        List<Path> shards = shards(directory);
        if (shards.isEmpty()) {
            throw new WeightsException(whole, "there is no such file");
        }
        Matcher first = SHARD.matcher(String.valueOf(shards.get(0).getFileName()));
        int count = first.matches() ? Integer.parseInt(first.group(1)) : 0;
        if (shards.size() != count) {
            throw new WeightsException(
                    directory,
                    "has " + shards.size() + " of " + count + " shards of " + FILE + "; the download is incomplete");
        }
        return shards;
    }

    /** Those that there are, in order. */
    static List<Path> shards(Path directory) {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.filter(file ->
                            SHARD.matcher(String.valueOf(file.getFileName())).matches())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new WeightsException(directory, "cannot be listed: " + e.getMessage(), e);
        }
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
