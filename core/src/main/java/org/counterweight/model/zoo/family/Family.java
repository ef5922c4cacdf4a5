package org.counterweight.model.zoo.family;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.counterweight.config.ConfigException;
import org.counterweight.model.Model;
import org.counterweight.model.config.ConfigJson;
import org.counterweight.model.part.Head;
import org.jspecify.annotations.Nullable;

/**
 * The models of one {@code model_type}: all that is known of them without a config, and how a config becomes a model.
 *
 * @param type the {@code model_type}
 * @param kind what its models read and tell
 * @param classes the class names that {@code architectures} may have, with the head that each means; the first of a head is
 *     the one that is written
 * @param positions the most tokens that a text may have; {@link Integer#MAX_VALUE} where positions are not learned
 * @param reader the model with that head, of a config
 * @param own the model of a config without a class of transformers, where there is such a model; null where there is none
 * @param decoding the class of an encoder that is read as a decoder, which {@code is_decoder} says; null where there is none
 */
public record Family(
        String type,
        Kind kind,
        Map<String, Head> classes,
        ToIntFunction<ConfigJson> positions,
        BiFunction<ConfigJson, Head, Model> reader,
        @Nullable Function<ConfigJson, Model> own,
        @Nullable String decoding) {
    /** What models read, and how they speak. */
    public enum Kind {
        /** A text in both directions; words are found where they are hidden. */
        ENCODER,
        /** A text from its beginning; the next word is found. */
        DECODER,
        /** A text in both directions, to which an answer is found word by word. */
        TEXT_TO_TEXT,
        /** An image. */
        IMAGE,
        /** Texts and images, compared with one another. */
        PAIR,
        /** Nodes among edges. */
        GRAPH,
        /** An image with noise, which is told from it. */
        DENOISER;

        public boolean isOfImages() {
            return this == IMAGE || this == PAIR;
        }

        public boolean isText() {
            return this == ENCODER || this == DECODER || this == TEXT_TO_TEXT;
        }
    }

    private static final String MODEL = "Model";
    private static final String TEXT_CLASSES = "ForSequenceClassification";
    private static final String TOKEN_CLASSES = "ForTokenClassification";

    public Family {
        classes = Collections.unmodifiableMap(new LinkedHashMap<>(classes));
    }

    /** How the names of classes of our own begin, where transformers has some of the same model type. */
    public static final String OWN = "Plain";

    private Family(
            String type,
            Kind kind,
            Map<String, Head> classes,
            ToIntFunction<ConfigJson> positions,
            BiFunction<ConfigJson, Head, Model> reader) {
        this(type, kind, classes, positions, reader, null, null);
    }

    /** One of our own for images, which no class of transformers reads. */
    public static Family own(String type, Function<ConfigJson, Model> reader) {
        return new Family(
                type, Kind.IMAGE, Map.of(), Family::endless, (config, head) -> reader.apply(config), reader, null);
    }

    /** One of our own for the nodes of graphs. */
    public static Family graph(String type, Function<ConfigJson, Model> reader) {
        return new Family(
                type, Kind.GRAPH, Map.of(), Family::endless, (config, head) -> reader.apply(config), reader, null);
    }

    /** One of our own that separates noise from data. */
    public static Family denoiser(String type, Function<ConfigJson, Model> reader) {
        return new Family(
                type, Kind.DENOISER, Map.of(), Family::endless, (config, head) -> reader.apply(config), reader, null);
    }

    /** An encoder whose classes are named after {@code stem}: {@code RobertaModel}, {@code RobertaForMaskedLM}, …. */
    public static Family encoder(
            String type, String stem, ToIntFunction<ConfigJson> positions, BiFunction<ConfigJson, Head, Model> reader) {
        var classes = new LinkedHashMap<String, Head>();
        classes.put(stem + MODEL, Head.NONE);
        classes.put(stem + TEXT_CLASSES, Head.CLASSIFIER);
        classes.put(stem + TOKEN_CLASSES, Head.TOKEN_CLASSIFIER);
        classes.put(stem + "ForMaskedLM", Head.LANGUAGE);
        return new Family(type, Kind.ENCODER, classes, positions, reader);
    }

    /** A decoder whose classes are named after {@code stem} and whose positions are not learned. */
    public static Family decoder(String type, String stem, BiFunction<ConfigJson, Head, Model> reader) {
        var classes = new LinkedHashMap<String, Head>();
        classes.put(stem + MODEL, Head.NONE);
        classes.put(stem + TEXT_CLASSES, Head.CLASSIFIER);
        classes.put(stem + TOKEN_CLASSES, Head.TOKEN_CLASSIFIER);
        classes.put(stem + "ForCausalLM", Head.LANGUAGE);
        return new Family(type, Kind.DECODER, classes, Family::endless, reader);
    }

    /** An image model whose classes are named after {@code stem}. */
    public static Family images(String type, String stem, BiFunction<ConfigJson, Head, Model> reader) {
        var classes = new LinkedHashMap<String, Head>();
        classes.put(stem + MODEL, Head.NONE);
        classes.put(stem + "ForImageClassification", Head.CLASSIFIER);
        return new Family(type, Kind.IMAGE, classes, Family::endless, reader);
    }

    /** Of any kind. */
    public static Family of(
            String type,
            Kind kind,
            Map<String, Head> classes,
            ToIntFunction<ConfigJson> positions,
            BiFunction<ConfigJson, Head, Model> reader) {
        return new Family(type, kind, classes, positions, reader);
    }

    private static int endless(ConfigJson config) {
        return Integer.MAX_VALUE;
    }

    /** With one class name more. */
    public Family also(String className, Head head) {
        var more = new LinkedHashMap<>(classes);
        more.put(className, head);
        return new Family(type, kind, more, positions, reader, own, decoding);
    }

    /** With a class whose models continue a text, where {@code is_decoder} is true. */
    public Family decodingAs(String className) {
        Family more = also(className, Head.LANGUAGE);
        return new Family(type, kind, more.classes, positions, reader, own, className);
    }

    /** Without one of the class names. */
    public Family without(String className) {
        var fewer = new LinkedHashMap<>(classes);
        fewer.remove(className);
        return new Family(type, kind, fewer, positions, reader, own, decoding);
    }

    /** With positions that are learned. */
    public Family withPositions(ToIntFunction<ConfigJson> learned) {
        return new Family(type, kind, classes, learned, reader, own, decoding);
    }

    /** With a model of our own for configs that name no class. */
    public Family orOwn(Function<ConfigJson, Model> unnamed) {
        return new Family(type, kind, classes, positions, reader, unnamed, decoding);
    }

    /**
     * The model that a config describes.
     *
     * @throws ConfigException if its head is unknown, or a value is not allowed
     */
    public Model model(ConfigJson config) {
        String architecture = config.architecture();
        return own != null && (classes.isEmpty() || architecture.isEmpty() || architecture.startsWith(OWN))
                ? own.apply(config)
                : reader.apply(config, head(architecture));
    }

    private Head head(String architecture) {
        if (architecture.isEmpty()) {
            return kind == Kind.DECODER || kind == Kind.TEXT_TO_TEXT ? Head.LANGUAGE : Head.NONE;
        }
        Head head = classes.get(architecture);
        if (head == null) {
            throw UnknownHead.refusal(architecture, new ArrayList<>(classes.keySet()));
        }
        return head;
    }

    /** Whether words that a model of that config tells are next ones, by those before them. */
    public boolean goesOn(ConfigJson config) {
        return kind == Kind.DECODER || (decoding != null && config.flag("is_decoder", false));
    }

    /** The class name that is written for that head; null if models of this family have none. */
    @Nullable
    public String className(Head head) {
        return classes.entrySet().stream()
                .filter(entry -> entry.getValue() == head)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(null);
    }
}
