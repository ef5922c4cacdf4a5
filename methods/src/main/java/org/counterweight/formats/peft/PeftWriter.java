package org.counterweight.formats.peft;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.adapt.AdapterConfig;
import org.counterweight.adapt.ModuleNames;
import org.counterweight.adapt.Targets;
import org.counterweight.adapt.adalora.AdaLora;
import org.counterweight.adapt.adalora.AdaLoraConfig;
import org.counterweight.adapt.bone.BoneConfig;
import org.counterweight.adapt.lowrank.Additive;
import org.counterweight.adapt.lowrank.DoraConfig;
import org.counterweight.adapt.lowrank.Lora;
import org.counterweight.adapt.lowrank.LoraConfig;
import org.counterweight.adapt.lowrank.LowRank;
import org.counterweight.adapt.lowrank.Residual;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.engine.Scope;
import org.counterweight.formats.peft.config.PeftConfig;
import org.counterweight.formats.peft.config.PeftDefaults;
import org.counterweight.formats.peft.config.PeftNames;
import org.counterweight.formats.peft.config.PeftType;
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
 * only warns of a missing tensor and says nothing about one too many, so nothing may be wrong here.
 *
 * @param settings of the adapter, as it was trained
 * @param modules that it stands at, full names
 * @param baseModel what to say about the base: a name or path, a hint to readers; or null
 * @param task PEFT's name of the task ({@code SEQ_CLS}, {@code CAUSAL_LM}), or null
 * @param savedModules names of modules that were trained whole and are stored with the adapter ({@code classifier})
 * @param legacy whether Bone is written as PEFT did until 0.18, type {@code BONE} with tensors named {@code bone_block}; PEFT
 *     0.21 does not know that type
 * @param names what PEFT calls the modules
 */
public record PeftWriter(
        AdapterConfig settings,
        List<String> modules,
        @Nullable String baseModel,
        @Nullable String task,
        List<String> savedModules,
        boolean legacy,
        PeftNames names) {

    /** As PEFT 0.21 reads it. */
    public PeftWriter(
            AdapterConfig settings,
            List<String> modules,
            @Nullable String baseModel,
            @Nullable String task,
            List<String> savedModules) {
        this(settings, modules, baseModel, task, savedModules, false, PeftNames.ALIKE);
    }

    public PeftWriter {
        modules = List.copyOf(modules);
        savedModules = List.copyOf(savedModules);
    }

    /**
     * Writes {@code adapter_config.json} and {@code adapter_model.safetensors} into a directory, whole or not at all. What
     * PEFT has no type for but is a low-rank sum is stored as the LoRA that it equals.
     *
     * @param params what the adapter stands in, saved modules included
     * @param metadata remarks of the weights file: the ledger
     * @throws ConfigException if PEFT has no type for this method, and no LoRA equals it
     * @throws WeightsException if a tensor is not finite; nothing is written then
     */
    public void write(Path directory, Params params, Map<String, String> metadata) {
        try (var scope = Scope.open();
                Staged staged = Staged.output(directory)) {
            Map<String, Tensor> tensors = tensors(params);
            Files.writeString(staged.path().resolve(PeftConfig.FILE), json(params));
            WeightsWriter.write(staged.path().resolve(PeftAdapter.FILE), tensors, metadata);
            staged.commit();
        } catch (IOException e) {
            throw new UncheckedIOException(directory + ": cannot be written: " + e.getMessage(), e);
        }
    }

    private Map<String, Tensor> tensors(Params params) {
        var tensors = new TreeMap<String, Tensor>();
        for (String module : modules) {
            Parametrization adapter = adapter(params, module);
            LowRank update = lowRank(adapter);
            Map<String, Tensor> stored = update == null
                    ? adapter.trainables()
                    : Map.of("lora_A.weight", update.a(), "lora_B.weight", update.b());
            stored.forEach((suffix, tensor) -> put(
                    tensors,
                    names.inMemory(module) + "." + (legacy ? suffix.replace("miss_", "bone_") : suffix),
                    tensor));
        }
        params.weights().forEach((name, tensor) -> {
            if (savedModules.stream().anyMatch(saved -> isWithin(saved, name))) {
                put(tensors, name, tensor);
            }
        });
        return tensors;
    }

    /** Whether a weight belongs to a module of that name, or to one that lies in it: RoBERTa's head has two. */
    private static boolean isWithin(String saved, String weight) {
        int dot = weight.lastIndexOf('.');
        while (dot > 0) {
            if (ModuleNames.matches(saved, weight.substring(0, dot))) {
                return true;
            }
            dot = weight.lastIndexOf('.', dot - 1);
        }
        return false;
    }

    private static Parametrization adapter(Params params, String module) {
        Parametrization adapter = params.parametrizations().get(module + ".weight");
        if (adapter == null) {
            throw new IllegalArgumentException(module + " has no adapter");
        }
        return adapter instanceof Transposed transposed ? transposed.inner() : adapter;
    }

    private static void put(Map<String, Tensor> tensors, String name, Tensor tensor) {
        if (!tensor.isfinite().all().item_bool()) {
            throw new WeightsException(name + ": holds NaN or infinite values; the adapter was not written");
        }
        tensors.put(PeftAdapter.PREFIX + name, tensor.detach().cpu().contiguous());
    }

    /** The change of the unchanged base, where PEFT knows the adapter by no better name than LoRA; else null. */
    private static @Nullable LowRank lowRank(Parametrization adapter) {
        if (adapter instanceof Residual residual) {
            return residual.updateOfBase();
        }
        boolean hasType = adapter instanceof Lora || adapter instanceof AdaLora;
        return adapter instanceof Additive additive && !hasType ? additive.update() : null;
    }

    /**
     * Refuses settings that PEFT has no type for: to be asked before the work whose result is to be written.
     *
     * @param legacy whether it is the type {@code BONE} that is to hold them
     * @throws ConfigException with the reason
     */
    public static void check(AdapterConfig settings, boolean legacy) {
        type(settings, legacy);
    }

    /** The config, with sorted keys, as PEFT writes it. */
    private String json(Params params) {
        PeftType type = type(settings, legacy);
        ObjectNode tree = PeftDefaults.of(type);
        tree.put("peft_type", type.name());
        tree.put("base_model_name_or_path", baseModel);
        tree.put("task_type", task);
        var targets = tree.putArray("target_modules");
        boolean isAll = settings.targets().stream().anyMatch(target -> target.equalsIgnoreCase(Targets.ALL_LINEAR));
        if (isAll || !names.changes().isEmpty()) {
            modules.forEach(module -> targets.add(names.inMemory(module)));
        } else {
            settings.targets().forEach(targets::add);
        }
        if (!savedModules.isEmpty()) {
            var saved = tree.putArray("modules_to_save");
            savedModules.forEach(saved::add);
        }
        fill(tree, params);
        if (tree.has("fan_in_fan_out")) { // PEFT complains, and corrects it, where it does not fit the layers
            tree.put(
                    "fan_in_fan_out",
                    modules.stream().allMatch(m -> params.parametrizations().get(m + ".weight") instanceof Transposed));
        }
        return Configs.JSON.writerWithDefaultPrettyPrinter().writeValueAsString(PeftDefaults.sorted(tree)) + "\n";
    }

    private static PeftType type(AdapterConfig settings, boolean legacy) {
        if (settings instanceof BoneConfig bone) {
            variant(bone, legacy);
            return legacy ? PeftType.BONE : PeftType.MISS;
        }
        if (legacy) {
            throw new ConfigException("PEFT's type BONE holds Bone alone");
        }
        if (settings instanceof AdaLoraConfig) {
            return PeftType.ADALORA;
        }
        if (settings instanceof DoraConfig || settings.fitsLora()) {
            return PeftType.LORA;
        }
        throw new ConfigException("PEFT has no type for this adapter, and no LoRA equals it");
    }

    /** PEFT's {@code init_weights}; refuses the variants that it does not have. */
    private static JsonNode variant(BoneConfig bone, boolean legacy) {
        if (legacy && (bone.variant() == BoneConfig.Variant.MINI || bone.dropout() != 0)) {
            throw new ConfigException("PEFT's type BONE has neither the variant mini nor dropout");
        }
        return switch (bone.variant()) {
            case BONE -> Configs.JSON.valueToTree(!bone.randomStart());
            case BAT, MINI -> Configs.JSON.valueToTree(bone.variant().name().toLowerCase(Locale.ROOT));
            case BAT_ROW, ROWS ->
                throw new ConfigException(
                        "bone.variant",
                        bone.variant().name().toLowerCase(Locale.ROOT),
                        "bone, bat or mini: PEFT has no type for the others");
        };
    }

    private Parametrization first(Params params) {
        return adapter(params, modules.get(0));
    }

    private void fill(ObjectNode tree, Params params) {
        LowRank update = lowRank(first(params));
        if (settings instanceof BoneConfig bone) {
            fillBone(tree, bone, legacy);
        } else if (settings instanceof AdaLoraConfig adalora) {
            fillAdaLora(tree, adalora, params);
        } else if (update != null) {
            fillLora(tree, Math.toIntExact(update.rank()), update.scale() * update.rank(), false, 0);
        } else if (settings instanceof LoraConfig lora) {
            fillLora(tree, lora.r(), lora.alpha(), lora.rankStabilized(), lora.dropout());
        } else if (settings instanceof DoraConfig dora) {
            fillLora(tree, dora.r(), dora.alpha(), dora.rankStabilized(), dora.dropout());
            tree.put("use_dora", true);
        }
    }

    private static void fillBone(ObjectNode tree, BoneConfig bone, boolean legacy) {
        tree.put("r", bone.r());
        if (!legacy) {
            tree.put("mini_r", bone.miniR());
            tree.put("miss_dropout", bone.dropout());
        }
        tree.set("init_weights", variant(bone, legacy));
    }

    private static void fillLora(ObjectNode tree, int r, double alpha, boolean stabilized, double dropout) {
        tree.put("r", r);
        putWhole(tree, "lora_alpha", alpha);
        tree.put("lora_dropout", dropout);
        tree.put("use_rslora", stabilized);
    }

    /** PEFT writes whole numbers without a point. */
    private static void putWhole(ObjectNode tree, String key, double value) {
        if (value == Math.rint(value) && Math.abs(value) < 1e9) {
            tree.put(key, (long) value);
        } else {
            tree.put(key, value);
        }
    }

    /** A module whose rank has fallen has its triplets stored alone, and PEFT is told how many they are. */
    private void fillAdaLora(ObjectNode tree, AdaLoraConfig config, Params params) {
        tree.put("init_r", config.initR());
        tree.put("target_r", config.targetR());
        putWhole(tree, "lora_alpha", config.alpha());
        tree.put("lora_dropout", config.dropout());
        tree.put("tinit", config.tinit());
        tree.put("tfinal", config.tfinal());
        tree.put("deltaT", config.deltaT());
        tree.put("beta1", config.beta1());
        tree.put("beta2", config.beta2());
        tree.put("orth_reg_weight", config.orthRegWeight());
        Long total = config.totalStep();
        tree.put("total_step", total == null ? config.tinit() + config.tfinal() + 1 : total); // PEFT must have one
        ObjectNode ranks = Configs.JSON.createObjectNode();
        boolean pruned = false;
        for (String module : modules) {
            long rank = ((AdaLora) adapter(params, module)).update().rank();
            var kept = ranks.putArray(names.inMemory(module) + ".lora_E");
            for (int i = 0; i < config.initR(); i++) {
                kept.add(i < rank);
            }
            pruned |= rank != config.initR();
        }
        if (pruned) {
            tree.set("rank_pattern", ranks);
        }
    }
}
