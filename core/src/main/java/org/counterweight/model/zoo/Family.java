package org.counterweight.model.zoo;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.model.Model;
import org.counterweight.model.config.ConfigJson;
import org.counterweight.model.part.Head;
import org.jspecify.annotations.Nullable;

/**
 * The models of one {@code model_type}: all that is known of them without a config, and how a config becomes a model.
 *
 * @param type the {@code model_type}
 * @param classes the class names that {@code architectures} may have, with the head that each means; the first of a head is
 *     the one that is written
 * @param positions the most tokens that a text may have; {@link Integer#MAX_VALUE} where positions are not learned
 * @param reader the model with that head, of a config
 */
record Family(
        String type,
        Map<String, Head> classes,
        ToIntFunction<ConfigJson> positions,
        BiFunction<ConfigJson, Head, Model> reader) {
    private static final List<Map.Entry<String, Head>> ENDINGS = List.of(
            Map.entry("Model", Head.NONE),
            Map.entry("ForSequenceClassification", Head.CLASSIFIER),
            Map.entry("ForTokenClassification", Head.TOKEN_CLASSIFIER),
            Map.entry("ForCausalLM", Head.LANGUAGE),
            Map.entry("ForMaskedLM", Head.LANGUAGE));

    Family {
        classes = Collections.unmodifiableMap(new LinkedHashMap<>(classes));
    }

    /** One of our own, which no class of transformers reads. */
    static Family own(String type, Function<ConfigJson, Model> reader) {
        return new Family(type, Map.of(), config -> Integer.MAX_VALUE, (config, head) -> reader.apply(config));
    }

    /** An encoder whose classes are named after {@code stem}: {@code RobertaModel}, {@code RobertaForMaskedLM}, …. */
    static Family encoder(
            String type, String stem, ToIntFunction<ConfigJson> positions, BiFunction<ConfigJson, Head, Model> reader) {
        return new Family(type, named(stem, "ForCausalLM"), positions, reader);
    }

    /** A decoder whose classes are named after {@code stem} and whose positions are not learned. */
    static Family decoder(String type, String stem, BiFunction<ConfigJson, Head, Model> reader) {
        var classes = named(stem, "ForMaskedLM");
        classes.remove(stem + "ForTokenClassification"); // nothing here trains a decoder to tell them
        return new Family(type, classes, config -> Integer.MAX_VALUE, reader);
    }

    private static Map<String, Head> named(String stem, String without) {
        var classes = new LinkedHashMap<String, Head>();
        for (var ending : ENDINGS) {
            if (!ending.getKey().equals(without)) {
                classes.put(stem + ending.getKey(), ending.getValue());
            }
        }
        return classes;
    }

    /** With one class name more. */
    Family also(String className, Head head) {
        var more = new LinkedHashMap<>(classes);
        more.put(className, head);
        return new Family(type, more, positions, reader);
    }

    /** With positions that are learned. */
    Family withPositions(ToIntFunction<ConfigJson> learned) {
        return new Family(type, classes, learned, reader);
    }

    /**
     * The model that a config describes.
     *
     * @throws ConfigException if its head is unknown, or a value is not allowed
     */
    Model model(ConfigJson config) {
        return reader.apply(config, head(config));
    }

    private Head head(ConfigJson config) {
        String architecture = config.architecture();
        if (classes.isEmpty()) {
            return Head.CLASSIFIER; // our own image models have no other
        }
        if (architecture.isEmpty()) {
            return isDecoder() ? Head.LANGUAGE : Head.NONE;
        }
        Head head = classes.get(architecture);
        if (head == null) {
            throw new ConfigException(Configs.unknown(
                    "architectures: \"" + architecture + "\"", architecture, new ArrayList<>(classes.keySet())));
        }
        return head;
    }

    /** Whether the head for words predicts each from those before it. */
    boolean isDecoder() {
        String name = className(Head.LANGUAGE);
        return name != null && !name.endsWith("ForMaskedLM");
    }

    /** The class name that is written for that head; null if models of this family have none. */
    @Nullable
    String className(Head head) {
        return classes.entrySet().stream()
                .filter(entry -> entry.getValue() == head)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(null);
    }
}
