package org.counterweight.formats.peft;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.adapt.AdapterConfig;
import org.counterweight.adapt.lowrank.EmbeddingLora;
import org.counterweight.adapt.lowrank.LoraConfig;
import org.counterweight.model.Parametrization;
import org.counterweight.weights.WeightsException;

/** The endings of tensor names by which PEFT stores each type's adapters. */
final class PeftTensors {
    private PeftTensors() {}

    /** What one module may have stored. */
    static List<String> suffixes(PeftType type) {
        return switch (type) {
            case LORA ->
                List.of(
                        "lora_A.weight",
                        "lora_B.weight",
                        "lora_B.bias",
                        "lora_magnitude_vector",
                        "lora_embedding_A",
                        "lora_embedding_B");
            case ADALORA -> List.of("lora_A", "lora_E", "lora_B");
            case MISS -> List.of("miss_block");
            case BONE -> List.of("bone_block");
        };
    }

    /** The adapter of one module from what is stored for it. */
    static Parametrization restore(PeftConfig config, String module, Tensor base, Map<String, Tensor> own) {
        var named = new LinkedHashMap<>(own);
        Tensor bone = named.remove("bone_block");
        if (bone != null) {
            named.put("miss_block", bone);
        }
        AdapterConfig adapter = config.adapter(module);
        if (named.containsKey("lora_embedding_A") && adapter instanceof LoraConfig lora) {
            return EmbeddingLora.restore(module, base, lora.r(), lora.scale(), named);
        }
        Long kept = config.type() == PeftType.ADALORA ? config.keptTriplets(module) : null;
        Tensor e = named.get("lora_E");
        if (kept != null && e != null && e.size(0) != kept) {
            throw new WeightsException(module + ".lora_E: " + e.size(0) + " triplets are stored, but the config's"
                    + " rank_pattern keeps " + kept);
        }
        return adapter.restore(module, base, named);
    }
}
