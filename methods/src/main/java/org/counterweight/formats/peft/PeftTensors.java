package org.counterweight.formats.peft;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.adapt.AdapterConfig;
import org.counterweight.adapt.foreign.EmbeddingDora;
import org.counterweight.adapt.foreign.FlatKernel;
import org.counterweight.adapt.foreign.Ia3;
import org.counterweight.adapt.foreign.LoHa;
import org.counterweight.adapt.foreign.LoKr;
import org.counterweight.adapt.foreign.Vera;
import org.counterweight.adapt.lowrank.DoraConfig;
import org.counterweight.adapt.lowrank.EmbeddingLora;
import org.counterweight.adapt.lowrank.LoraConfig;
import org.counterweight.config.ConfigException;
import org.counterweight.formats.peft.config.ModuleSettings;
import org.counterweight.formats.peft.config.PeftType;
import org.counterweight.model.Parametrization;
import org.counterweight.weights.WeightsException;
import org.jspecify.annotations.Nullable;

/** The endings of tensor names by which PEFT stores each type's adapters, and the adapters made of them. */
final class PeftTensors {
    private static final String A = "lora_A.weight";
    private static final String MAGNITUDE = "lora_magnitude_vector";
    private static final int MATRIX = 2; // dimensions

    private PeftTensors() {}

    /** What one module may have stored. */
    static List<String> suffixes(PeftType type) {
        return switch (type) {
            case LORA -> List.of(A, "lora_B.weight", "lora_B.bias", MAGNITUDE, "lora_embedding_A", "lora_embedding_B");
            case ADALORA -> List.of("lora_A", "lora_E", "lora_B");
            case MISS -> List.of("miss_block");
            case BONE -> List.of("bone_block");
            case IA3 -> List.of("ia3_l");
            case VERA -> List.of("vera_lambda_d", "vera_lambda_b");
            case TRAINABLE_TOKENS -> List.of();
            case LOHA -> List.of("hada_w1_a", "hada_w1_b", "hada_w2_a", "hada_w2_b", "hada_t1", "hada_t2");
            case LOKR -> List.of("lokr_w1", "lokr_w1_a", "lokr_w1_b", "lokr_w2", "lokr_w2_a", "lokr_w2_b", "lokr_t2");
        };
    }

    /**
     * The adapter of one module from what is stored for it.
     *
     * @param shared what all modules of a VeRA share; null of other types
     */
    static Parametrization restore(
            ModuleSettings settings,
            String module,
            Tensor base,
            Map<String, Tensor> own,
            @Nullable SharedProjections shared) {
        return switch (settings.config().type()) {
            case LORA, ADALORA -> matrix(settings, module, base, own);
            case MISS, BONE -> bone(settings, module, base, own);
            case IA3 -> Ia3.restore(module, base, settings.isFeedForward(), own);
            case VERA -> {
                if (shared == null) {
                    throw new IllegalArgumentException("a VeRA without its projections");
                }
                yield Vera.restore(module, base, shared.a(), shared.b(), own);
            }
            case LOHA -> {
                ModuleSettings.Rank rank = settings.lycoris();
                yield LoHa.restore(module, base, rank.r(), rank.scale(), own);
            }
            case TRAINABLE_TOKENS -> throw new IllegalArgumentException("rows stand at no module");
            case LOKR -> {
                ModuleSettings.Rank rank = settings.lycoris();
                yield LoKr.restore(module, base, rank.r(), rank.scale(), own);
            }
        };
    }

    /** An adapter of matrices; at a convolution it sees the kernel as one. */
    private static Parametrization matrix(
            ModuleSettings settings, String module, Tensor base, Map<String, Tensor> own) {
        boolean isLora = settings.config().type() == PeftType.LORA;
        if (base.dim() == MATRIX) {
            return isLora ? lora(settings, module, base, own) : adalora(settings, module, base, own);
        }
        if (!isLora) {
            return new FlatKernel(adalora(settings, module, FlatKernel.flat(base), own));
        }
        checkGroups(module, base, own);
        var flat = new LinkedHashMap<String, Tensor>();
        own.forEach((suffix, tensor) ->
                flat.put(suffix, suffix.equals(MAGNITUDE) ? tensor.flatten() : FlatKernel.flat(tensor)));
        return new FlatKernel(settings.adapter().restore(module, FlatKernel.flat(base), flat));
    }

    /** In groups, PEFT's A sees all channels and B those of its group: together they are no kernel of the layer's shape. */
    private static void checkGroups(String module, Tensor base, Map<String, Tensor> own) {
        Tensor a = own.get(A);
        if (a != null && a.dim() > MATRIX && a.size(1) != base.size(1) && a.size(1) % base.size(1) == 0) {
            throw new ConfigException(module + ": a LoRA at a convolution of " + a.size(1) / base.size(1)
                    + " groups is no change of its weight, so that neither PEFT nor this program can merge it; train one"
                    + " without that module in target_modules");
        }
    }

    private static Parametrization lora(ModuleSettings settings, String module, Tensor base, Map<String, Tensor> own) {
        AdapterConfig adapter = settings.adapter();
        if (own.containsKey("lora_embedding_A")) {
            return adapter instanceof DoraConfig dora
                    ? EmbeddingDora.restore(module, base, dora, own)
                    : EmbeddingLora.restore(
                            module, base, ((LoraConfig) adapter).r(), ((LoraConfig) adapter).scale(), own);
        }
        return adapter.restore(module, base, own);
    }

    private static Parametrization adalora(
            ModuleSettings settings, String module, Tensor base, Map<String, Tensor> own) {
        Long kept = settings.keptTriplets();
        Tensor e = own.get("lora_E");
        if (kept != null && e != null && e.size(0) != kept) {
            throw new WeightsException(module + ".lora_E: " + e.size(0) + " triplets are stored, but the config's"
                    + " rank_pattern keeps " + kept);
        }
        return settings.adapter().restore(module, base, own);
    }

    private static Parametrization bone(ModuleSettings settings, String module, Tensor base, Map<String, Tensor> own) {
        var named = new LinkedHashMap<>(own);
        Tensor legacy = named.remove("bone_block");
        if (legacy != null) {
            named.put("miss_block", legacy);
        }
        return settings.adapter().restore(module, base, named);
    }
}
