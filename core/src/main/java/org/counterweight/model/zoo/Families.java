package org.counterweight.model.zoo;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.model.config.ConfigJson;
import org.jspecify.annotations.Nullable;

/** Every family that is known, by its {@code model_type}: the one place where they are listed. */
final class Families {
    private static final Map<String, Family> BY_TYPE = byType(List.of(
            Bert.FAMILY,
            DistilBert.FAMILY,
            Electra.FAMILY,
            Albert.FAMILY,
            MpNet.FAMILY,
            DebertaV2.FAMILY,
            ModernBert.FAMILY,
            Roberta.FAMILIES.get(0),
            Roberta.FAMILIES.get(1),
            Roberta.FAMILIES.get(2),
            Gpt2.FAMILY,
            Llama.FAMILY,
            Mistral.FAMILY,
            Qwen.SECOND,
            Qwen.THIRD,
            Qwen.THIRD_OF_EXPERTS,
            Mixtral.FAMILY,
            Phi.FAMILY,
            Phi3.FAMILY,
            Gemma.FIRST,
            Gemma.SECOND,
            Gemma.THIRD,
            Olmo2.FAMILY,
            SmolLm3.FAMILY,
            Granite.FAMILY,
            GptNeoX.FAMILY,
            Opt.FAMILY,
            Recurrent.LSTM,
            Recurrent.GRU,
            Mlp.FAMILY,
            ConvNet.FAMILY,
            ResNet.FAMILY,
            ConvNext.FAMILY,
            Vit.VIT,
            Vit.DEIT,
            Dinov2.FAMILY,
            Clips.PAIR,
            Clips.TEXTS,
            Clips.IMAGES,
            T5s.FAMILY,
            GraphNetwork.GCN,
            GraphNetwork.SAGE,
            GraphNetwork.GIN));

    private Families() {}

    private static Map<String, Family> byType(List<Family> families) {
        var byType = new LinkedHashMap<String, Family>();
        for (Family family : families) {
            if (byType.put(family.type(), family) != null) {
                throw new IllegalStateException("two families are of type " + family.type());
            }
        }
        return Collections.unmodifiableMap(new TreeMap<>(byType));
    }

    static List<Family> all() {
        return List.copyOf(BY_TYPE.values());
    }

    static List<String> types() {
        return List.copyOf(BY_TYPE.keySet());
    }

    /** @throws ConfigException if there is none */
    static Family of(ConfigJson config) {
        Family family = find(config);
        if (family == null) {
            String type = config.text("model_type", "");
            throw new ConfigException(Configs.unknown("model_type: \"" + type + "\"", type, types()));
        }
        return family;
    }

    /** The family of a config, or null. */
    static @Nullable Family find(ConfigJson config) {
        return BY_TYPE.get(config.text("model_type", ""));
    }

    /** The types of those that pass, in one line. */
    static String types(Predicate<Family> passes) {
        return all().stream().filter(passes).map(Family::type).collect(Collectors.joining(", "));
    }
}
