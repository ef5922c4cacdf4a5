package org.counterweight.peft;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.adapt.AdapterConfig;
import org.counterweight.adapt.BoneConfig;
import org.counterweight.adapt.DoraConfig;
import org.counterweight.adapt.LoraConfig;
import org.counterweight.adapt.LowRank;
import org.counterweight.adapt.LowRankStart;
import org.counterweight.adapt.Residual;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.engine.Scope;
import org.counterweight.model.Parametrization;
import org.counterweight.model.Params;
import org.counterweight.model.Transposed;
import org.counterweight.weights.Staged;
import org.counterweight.weights.WeightsException;
import org.counterweight.weights.WeightsWriter;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes an adapter so that PEFT 0.21 loads it: every key spelt out, every tensor under the name that PEFT expects. PEFT
 * only warns of a missing tensor and says nothing of one too many, so nothing may be wrong here.
 *
 * @param settings of the adapter, as it was trained
 * @param modules that it stands at, full names
 * @param baseModel what to say of the base: a name or path, a hint to readers; or null
 * @param task PEFT's name of the task ({@code SEQ_CLS}, {@code CAUSAL_LM}), or null
 * @param savedModules names of modules that were trained whole and are stored with the adapter ({@code classifier})
 */
public record PeftWriter(
        AdapterConfig settings,
        List<String> modules,
        @Nullable String baseModel,
        @Nullable String task,
        List<String> savedModules) {

    public PeftWriter {
        modules = List.copyOf(modules);
        savedModules = List.copyOf(savedModules);
    }

    /**
     * Writes {@code adapter_config.json} and {@code adapter_model.safetensors} into a directory, whole or not at all.
     *
     * @param params what the adapter stands in, saved modules included
     * @param metadata remarks of the weights file: the ledger
     * @throws ConfigException if PEFT has no type for this method
     * @throws WeightsException if a tensor is not finite; nothing is written then
     */
    public void write(Path directory, Params params, Map<String, String> metadata) {
        try (var scope = Scope.open();
                Staged staged = Staged.directory(directory)) {
            Map<String, Tensor> tensors = tensors(params);
            Files.writeString(staged.path().resolve(PeftConfig.FILE), json());
            WeightsWriter.write(staged.path().resolve(PeftAdapter.FILE), tensors, metadata);
            staged.commit();
        } catch (IOException e) {
            throw new UncheckedIOException(directory + ": cannot be written: " + e.getMessage(), e);
        }
    }

    private Map<String, Tensor> tensors(Params params) {
        var tensors = new TreeMap<String, Tensor>();
        for (String module : modules) {
            Parametrization adapter = params.parametrizations().get(module + ".weight");
            if (adapter == null) {
                throw new IllegalArgumentException(module + " has no adapter");
            }
            stored(adapter).forEach((suffix, tensor) -> put(tensors, module + "." + suffix, tensor));
        }
        params.weights().forEach((name, tensor) -> {
            String module = name.substring(0, Math.max(0, name.lastIndexOf('.')));
            if (savedModules.stream().anyMatch(saved -> ModuleNames.matches(saved, module))) {
                put(tensors, name, tensor);
            }
        });
        return tensors;
    }

    private static void put(Map<String, Tensor> tensors, String name, Tensor tensor) {
        if (!tensor.isfinite().all().item_bool()) {
            throw new WeightsException(name + ": holds NaN or infinite values; the adapter was not written");
        }
        tensors.put(PeftAdapter.PREFIX + name, tensor.detach().cpu().contiguous());
    }

    /** A start that took something out of the base is stored as a plain LoRA of twice the rank, for the unchanged base. */
    private Map<String, Tensor> stored(Parametrization adapter) {
        Parametrization inner = adapter instanceof Transposed transposed ? transposed.inner() : adapter;
        if (inner instanceof Residual residual) {
            LowRank update = residual.updateOfBase();
            return Map.of("lora_A.weight", update.a(), "lora_B.weight", update.b());
        }
        return inner.trainables();
    }

    /** The config, with sorted keys, as PEFT writes it. */
    String json() {
        PeftType type = type();
        ObjectNode tree = PeftDefaults.of(type);
        tree.put("peft_type", type.name());
        tree.put("base_model_name_or_path", baseModel);
        tree.put("task_type", task);
        var targets = tree.putArray("target_modules");
        (settings.targets().stream().anyMatch(target -> target.equalsIgnoreCase(Targets.ALL_LINEAR))
                        ? modules
                        : settings.targets())
                .forEach(targets::add);
        if (!savedModules.isEmpty()) {
            var saved = tree.putArray("modules_to_save");
            savedModules.forEach(saved::add);
        }
        fill(tree);
        var sorted = Configs.JSON.createObjectNode();
        new TreeMap<>(byKey(tree)).forEach(sorted::set);
        return Configs.JSON.writerWithDefaultPrettyPrinter().writeValueAsString(sorted) + "\n";
    }

    private static Map<String, JsonNode> byKey(ObjectNode tree) {
        var byKey = new LinkedHashMap<String, JsonNode>();
        tree.properties().forEach(entry -> byKey.put(entry.getKey(), entry.getValue()));
        return byKey;
    }

    private PeftType type() {
        if (settings instanceof LoraConfig || settings instanceof DoraConfig) {
            return PeftType.LORA;
        }
        if (settings instanceof BoneConfig) {
            return PeftType.MISS;
        }
        throw new ConfigException("PEFT has no adapter type for "
                + settings.getClass().getSimpleName() + "; merge the adapter into the model and share that");
    }

    private void fill(ObjectNode tree) {
        if (settings instanceof LoraConfig lora) {
            fillLora(tree, lora.r(), lora.alpha(), lora.rankStabilized(), lora.dropout(), lora.init());
        } else if (settings instanceof DoraConfig dora) {
            if (dora.init() != LowRankStart.LORA) {
                throw new ConfigException(
                        "dora.init",
                        dora.init().name().toLowerCase(Locale.ROOT),
                        "lora: a DoRA that started with a part of the weight cannot be stored for the unchanged base;"
                                + " merge it into the model instead");
            }
            fillLora(tree, dora.r(), dora.alpha(), dora.rankStabilized(), dora.dropout(), dora.init());
            tree.put("use_dora", true);
        } else if (settings instanceof BoneConfig bone) {
            tree.put("r", bone.r());
            tree.put("mini_r", bone.miniR());
            tree.put("miss_dropout", bone.dropout());
            switch (bone.variant()) {
                case BONE -> tree.put("init_weights", true);
                case BAT -> tree.put("init_weights", "bat");
                case MINI -> tree.put("init_weights", "mini");
                case BAT_ROW, ROWS ->
                    throw new ConfigException(
                            "bone.variant",
                            bone.variant().name().toLowerCase(Locale.ROOT),
                            "bone, bat or mini: PEFT has no type for the others; merge the adapter into the model instead");
            }
        }
    }

    private static void fillLora(
            ObjectNode tree, int r, double alpha, boolean stabilized, double dropout, LowRankStart start) {
        boolean doubled = start != LowRankStart.LORA;
        double stored = doubled ? alpha * (stabilized ? Math.sqrt(2) : 2) : alpha; // the factor on BA stays what it was
        tree.put("r", doubled ? 2 * r : r);
        if (stored == Math.rint(stored) && Math.abs(stored) < 1e9) {
            tree.put("lora_alpha", (long) stored); // PEFT writes whole numbers without a point
        } else {
            tree.put("lora_alpha", stored);
        }
        tree.put("lora_dropout", dropout);
        tree.put("use_rslora", stabilized);
    }
}
