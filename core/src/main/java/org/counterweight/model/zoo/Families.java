package org.counterweight.model.zoo;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.counterweight.config.ConfigException;
import org.counterweight.model.config.ConfigJson;
import org.counterweight.model.zoo.answer.T5s;
import org.counterweight.model.zoo.decoder.Gpt2;
import org.counterweight.model.zoo.decoder.GptNeoX;
import org.counterweight.model.zoo.decoder.Opt;
import org.counterweight.model.zoo.decoder.Phi;
import org.counterweight.model.zoo.decoder.Recurrent;
import org.counterweight.model.zoo.decoder.Starcoder2;
import org.counterweight.model.zoo.denoise.Dit;
import org.counterweight.model.zoo.denoise.UNet;
import org.counterweight.model.zoo.encoder.Albert;
import org.counterweight.model.zoo.encoder.Bert;
import org.counterweight.model.zoo.encoder.DebertaV2;
import org.counterweight.model.zoo.encoder.DistilBert;
import org.counterweight.model.zoo.encoder.Electra;
import org.counterweight.model.zoo.encoder.ModernBert;
import org.counterweight.model.zoo.encoder.MpNet;
import org.counterweight.model.zoo.encoder.Roberta;
import org.counterweight.model.zoo.family.Family;
import org.counterweight.model.zoo.graph.GraphNetwork;
import org.counterweight.model.zoo.image.ConvNet;
import org.counterweight.model.zoo.image.ConvNext;
import org.counterweight.model.zoo.image.Dinov2;
import org.counterweight.model.zoo.image.Mlp;
import org.counterweight.model.zoo.image.ResNet;
import org.counterweight.model.zoo.image.Vit;
import org.counterweight.model.zoo.llama.Gemma;
import org.counterweight.model.zoo.llama.Granite;
import org.counterweight.model.zoo.llama.Llama;
import org.counterweight.model.zoo.llama.Mistral;
import org.counterweight.model.zoo.llama.Mixtral;
import org.counterweight.model.zoo.llama.Olmo2;
import org.counterweight.model.zoo.llama.Olmo3;
import org.counterweight.model.zoo.llama.Phi3;
import org.counterweight.model.zoo.llama.Qwen;
import org.counterweight.model.zoo.llama.SmolLm3;
import org.counterweight.model.zoo.pair.Clips;
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
            Llama.SEED,
            Mistral.FAMILY,
            Mistral.OF_WINDOWS,
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
            Olmo3.FAMILY,
            SmolLm3.FAMILY,
            Granite.FAMILY,
            GptNeoX.FAMILY,
            Opt.FAMILY,
            Starcoder2.FAMILY,
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
            T5s.T5,
            T5s.MT5,
            T5s.UMT5,
            GraphNetwork.GCN,
            GraphNetwork.SAGE,
            GraphNetwork.GIN,
            UNet.FAMILY,
            Dit.FAMILY));

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
            String known = String.join(", ", types()); // nobody misspells one: no word nearby is meant
            throw new ConfigException(
                    type.isEmpty()
                            ? "model_type is missing; it names the model's family: " + known
                            : "model_type: \"" + type + "\" is of a family that is not computed here; cw merge and"
                                    + " cw inspect take it, all else takes " + known);
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
