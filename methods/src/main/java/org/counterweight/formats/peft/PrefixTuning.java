package org.counterweight.formats.peft;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.adapt.ModuleNames;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.formats.Format;
import org.counterweight.formats.peft.config.PeftConfig;
import org.counterweight.formats.peft.config.PeftNames;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.Prefix;
import org.counterweight.model.module.AttentionSpec;
import org.counterweight.weights.Staged;
import org.counterweight.weights.WeightsException;
import org.counterweight.weights.WeightsWriter;
import tools.jackson.databind.node.ObjectNode;

/**
 * A directory of PEFT 0.21's prefix tuning: keys and values before the text of every layer, in one table, and the head that
 * was trained beside them. A prefix that a network made while it was trained ({@code prefix_projection}) is stored as what
 * the network made, so it is read like any other.
 *
 * @param replacements whole tensors in place of the base's, by name
 * @param warnings what was read but has no effect, one line each
 */
public record PrefixTuning(Prefix prefix, Map<String, Tensor> replacements, List<String> warnings) {
    /** The tensor with all keys and values, {@code [places, 2 · layers · heads · size]}. */
    public static final String TABLE = "prompt_embeddings";

    private static final String DEFAULTS = """
            {"auto_mapping": null, "base_model_name_or_path": null, "encoder_hidden_size": null, "inference_mode": true,
             "init_weights": null, "modules_to_save": null, "num_attention_heads": null, "num_layers": null,
             "num_transformer_submodules": 1, "num_virtual_tokens": null, "peft_type": "PREFIX_TUNING",
             "peft_version": "0.21.0", "prefix_projection": false, "revision": null, "task_type": null,
             "token_dim": null}
            """;

    public PrefixTuning {
        replacements = Map.copyOf(replacements);
        warnings = List.copyOf(warnings);
    }

    /** Whether a directory has settings, and they are of a prefix. */
    static boolean isAt(Path directory) {
        Path settings = directory.resolve(PeftConfig.FILE);
        return Files.exists(settings)
                && Format.config(settings).path("peft_type").asString("").equals(PeftConfig.PREFIX);
    }

    /**
     * Reads a prefix for one base model. Its tensors are copies, to be trained on, and belong to the open scope.
     *
     * @param base the weights of the base model, by the model's names
     * @throws ConfigException if the settings are of another model, naming the key
     * @throws WeightsException if a tensor is missing, left over, of another shape or not finite; it names it
     */
    public static PrefixTuning read(Path directory, Model model, Map<String, Tensor> base) {
        Path settings = directory.resolve(PeftConfig.FILE);
        Path file = directory.resolve(PeftAdapter.FILE);
        ObjectNode config = Format.config(settings);
        ObjectNode known = Configs.json(DEFAULTS, "defaults");
        var warnings = new ArrayList<String>();
        for (String key : config.propertyNames()) {
            if (!known.has(key)) {
                warnings.add(settings + ": " + key + " is unknown and has no effect");
            }
        }
        Table table = Table.of(model, settings.toString());
        table.check(config);
        Map<String, Tensor> stored = PeftAdapter.stored(directory, PeftNames.ALIKE, name -> true);
        Tensor whole = stored.remove(TABLE);
        if (whole == null) {
            throw new WeightsException(file, "has no " + TABLE + ", which is all of a prefix");
        }
        Prefix prefix = table.prefix(PeftAdapter.fitting(TABLE, whole, Map.of()), file);
        var replacements = new LinkedHashMap<String, Tensor>();
        List<String> heads = PeftConfig.savedModules(config);
        new LinkedHashMap<>(stored).forEach((name, tensor) -> {
            if (base.containsKey(name) && heads.stream().anyMatch(head -> isWithin(head, name))) {
                replacements.put(name, PeftAdapter.fitting(name, tensor, base));
                stored.remove(name);
            }
        });
        base.keySet().stream()
                .filter(name -> heads.stream().anyMatch(head -> isWithin(head, name)))
                .filter(name -> !replacements.containsKey(name))
                .findFirst()
                .ifPresent(name -> {
                    throw new WeightsException(file, "has no " + name + ", which is saved whole with the prefix");
                });
        if (!stored.isEmpty()) {
            throw new WeightsException(
                    file,
                    "has tensors that belong neither to a prefix nor to a head of this model: "
                            + new TreeSet<>(stored.keySet()));
        }
        return new PrefixTuning(prefix, replacements, warnings);
    }

    private static boolean isWithin(String head, String weight) {
        return ModuleNames.matches(head, weight.substring(0, Math.max(0, weight.lastIndexOf('.'))));
    }

    /** The base with this prefix before every text. */
    public Params attach(Params base) {
        return base.replacing(replacements).prefixed(prefix);
    }

    /**
     * Writes {@code adapter_config.json} and {@code adapter_model.safetensors} so that PEFT 0.21 loads them, whole or not at
     * all.
     *
     * @param params with the prefix, and the heads in it
     * @param heads names of modules that were trained whole beside it ({@code classifier})
     * @param base what to say about the base: a name or path, a hint to readers
     * @param task PEFT's name of the task: it decides which class of theirs reads the prefix, and without one none does;
     *     {@code CAUSAL_LM}, {@code SEQ_CLS}, {@code FEATURE_EXTRACTION} for an encoder without a head
     * @param metadata remarks of the weights file: the ledger
     * @throws IllegalArgumentException if there is no prefix
     * @throws WeightsException if a tensor is not finite; nothing is written then
     */
    public static void write(
            Path directory,
            Model model,
            Params params,
            List<String> heads,
            String base,
            String task,
            Map<String, String> metadata) {
        Prefix prefix = params.prefix();
        if (prefix == null) {
            throw new IllegalArgumentException("these parameters have no prefix");
        }
        Table table = Table.of(model, directory.toString());
        ObjectNode config = Configs.json(DEFAULTS, "defaults");
        table.describe(config, prefix.length());
        config.put("base_model_name_or_path", base);
        config.put("task_type", task);
        if (!heads.isEmpty()) {
            var saved = config.putArray("modules_to_save");
            heads.forEach(saved::add);
        }
        try (var scope = Scope.open();
                var off = Tensors.noGrad();
                Staged staged = Staged.output(directory)) {
            var tensors = new TreeMap<String, Tensor>();
            tensors.put(TABLE, table.of(prefix));
            params.weights().forEach((name, tensor) -> {
                if (heads.stream().anyMatch(head -> isWithin(head, name))) {
                    tensors.put("base_model." + name, tensor.detach().cpu().contiguous());
                }
            });
            tensors.forEach((name, tensor) -> {
                if (!tensor.isfinite().all().item_bool()) {
                    throw new WeightsException(name + ": holds NaN or infinite values; the prefix was not written");
                }
            });
            Files.writeString(
                    staged.path().resolve(PeftConfig.FILE),
                    Configs.JSON.writerWithDefaultPrettyPrinter().writeValueAsString(config) + "\n");
            WeightsWriter.write(staged.path().resolve(PeftAdapter.FILE), tensors, metadata);
            staged.commit();
        } catch (IOException e) {
            throw new UncheckedIOException(directory + ": cannot be written: " + e.getMessage(), e);
        }
    }

    /**
     * How all keys and values lie in one table: a row a place; in it the layers one after the other, of each its keys and
     * then its values, head by head.
     */
    private record Table(List<AttentionSpec> attentions, String origin) {
        static Table of(Model model, String origin) {
            List<AttentionSpec> attentions = model.attentions();
            if (attentions.isEmpty()) {
                throw new ConfigException(origin + ": " + model.getClass().getSimpleName()
                        + " has no attention for a prefix to stand in");
            }
            return new Table(attentions, origin);
        }

        private long heads() {
            return attentions.get(0).heads();
        }

        private long size() {
            return attentions.get(0).size();
        }

        void describe(ObjectNode config, long places) {
            config.put("num_virtual_tokens", places);
            config.put("num_layers", (long) attentions.size());
            config.put("num_attention_heads", heads());
            config.put("token_dim", heads() * size());
            config.put("encoder_hidden_size", heads() * size());
        }

        /** Holds what the settings say about their model against this one. */
        void check(ObjectNode config) {
            same(config, "num_transformer_submodules", 1);
            same(config, "num_layers", attentions.size());
            same(config, "num_attention_heads", heads());
            same(config, "token_dim", heads() * size());
        }

        private void same(ObjectNode config, String key, long own) {
            if (config.hasNonNull(key) && config.get(key).asLong(-1) != own) {
                throw new ConfigException(
                        origin + ": " + key,
                        config.get(key),
                        own + ", as this model has; it was made for another base");
            }
        }

        Prefix prefix(Tensor table, Path file) {
            long width = 2L * attentions.size() * heads() * size();
            long[] shape = Tensors.shape(table);
            if (shape.length != 2 || shape[0] < 1 || shape[1] != width) {
                throw new WeightsException(
                        file,
                        TABLE + ": " + Arrays.toString(shape) + "; for this model it has " + width
                                + " numbers in each of its rows");
            }
            Tensor parts = table.view(shape[0], 2L * attentions.size(), heads(), size())
                    .permute(1, 2, 0, 3); // [2 · layers, heads, places, size]
            var byAttention = new LinkedHashMap<String, Prefix.KeyValue>();
            for (int layer = 0; layer < attentions.size(); layer++) {
                byAttention.put(
                        attentions.get(layer).name(),
                        new Prefix.KeyValue(part(parts, 2L * layer), part(parts, 2L * layer + 1)));
            }
            return new Prefix(byAttention);
        }

        private static Tensor part(Tensor parts, long number) {
            return parts.select(0, number).contiguous().clone().requires_grad_(true);
        }

        Tensor of(Prefix prefix) {
            var parts = new ArrayList<Tensor>();
            for (AttentionSpec attention : attentions) {
                Prefix.KeyValue one = prefix.byAttention().get(attention.name());
                if (one == null) {
                    throw new IllegalArgumentException("the prefix has nothing for " + attention.name());
                }
                parts.add(one.key().detach().cpu());
                parts.add(one.value().detach().cpu());
            }
            Tensor all = torch.stack(new TensorVector(parts.toArray(Tensor[]::new)), 0);
            return all.permute(2, 0, 1, 3).reshape(prefix.length(), -1).contiguous();
        }
    }
}
