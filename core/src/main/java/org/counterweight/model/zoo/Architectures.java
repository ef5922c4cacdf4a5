package org.counterweight.model.zoo;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.model.Model;
import org.counterweight.model.config.Classes;
import org.counterweight.model.config.ConfigJson;
import org.counterweight.model.part.Pooling;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** The architectures by the {@code model_type} of a {@code config.json}; {@code architectures} there chooses the head. */
public final class Architectures {
    private static final Map<String, Function<ConfigJson, Model>> BY_TYPE = new TreeMap<>(Map.of(
            "bert", Bert::of,
            "llama", Llama::of,
            "gpt2", Gpt2::of,
            "mlp", Mlp::of,
            "convnet", ConvNet::of,
            "resnet", ResNet::of,
            "lstm", Recurrent::lstm,
            "gru", Recurrent::gru));

    private static final Map<String, String> CLASSIFIERS = Map.of(
            "bert", "BertForSequenceClassification",
            "llama", "LlamaForSequenceClassification",
            "gpt2", "GPT2ForSequenceClassification",
            "lstm", "RecurrentForSequenceClassification",
            "gru", "RecurrentForSequenceClassification");

    /** Before the names of the base model, where a head stands beside it. */
    private static final List<String> PREFIXES = List.of("bert.", "model.", "transformer.");

    /** What TensorFlow called the parts of a layer norm; BERT's first files, and many copies of them, still do. */
    private static final Map<String, String> OLD_NAMES =
            Map.of("LayerNorm.weight", "LayerNorm.gamma", "LayerNorm.bias", "LayerNorm.beta");

    private Architectures() {}

    /** The model types that are known. */
    public static List<String> known() {
        return List.copyOf(BY_TYPE.keySet());
    }

    /**
     * The model that a {@code config.json} describes.
     *
     * @throws ConfigException if its type or head is unknown, or a value is not allowed
     */
    public static Model of(ObjectNode config) {
        ConfigJson json = new ConfigJson(config);
        String type = json.text("model_type", "");
        Function<ConfigJson, Model> make = BY_TYPE.get(type);
        if (make == null) {
            throw new ConfigException(
                    Configs.unknown("model_type: \"" + type + "\"", type, List.copyOf(BY_TYPE.keySet())));
        }
        return make.apply(json);
    }

    /** The most tokens that a text may have, where the model has learned positions; else {@link Integer#MAX_VALUE}. */
    public static int positions(ObjectNode config) {
        ConfigJson json = new ConfigJson(config);
        return switch (json.text("model_type", "")) {
            case "bert" -> json.count("max_position_embeddings", 512);
            case "gpt2" -> Gpt2.positions(json);
            default -> Integer.MAX_VALUE;
        };
    }

    /** Whether {@link #classifier} knows a head for models of that type. */
    public static boolean haveClassifier(ObjectNode config) {
        return CLASSIFIERS.containsKey(new ConfigJson(config).text("model_type", ""));
    }

    /**
     * What a classifier gives where that is not one class a text, as {@code problem_type} or a single score says; null where
     * it is.
     */
    public static @Nullable String otherThanClasses(ObjectNode config) {
        ConfigJson json = new ConfigJson(config);
        String problem = json.text("problem_type", "");
        if (problem.equals("multi_label_classification")) {
            return "problem_type: " + problem + " (any number of classes a text)";
        }
        if (problem.equals("regression")) {
            return "problem_type: " + problem + " (scores, no classes)";
        }
        return json.architecture().endsWith("ForSequenceClassification") && json.classes() == 1
                ? "num_labels: 1 (a score, no classes)"
                : null;
    }

    /**
     * The config of the same encoder or decoder with a classification head, to be read by {@link #of} and saved beside the
     * weights.
     *
     * @param pooling how a BERT sees the whole text; null leaves it as the config has it, by the pooler if it says nothing.
     *     Decoders take the last token's state
     */
    public static ObjectNode classifier(ObjectNode config, List<String> labels, @Nullable Pooling pooling) {
        if (labels.isEmpty()) {
            throw new ConfigException("labels: a classifier needs at least one class");
        }
        String type = new ConfigJson(config).text("model_type", "");
        String architecture = CLASSIFIERS.get(type);
        if (architecture == null) {
            throw new ConfigException("model_type", type, "a text model: " + String.join(", ", BY_TYPE.keySet()));
        }
        ObjectNode changed = Classes.named(config, labels);
        changed.putArray("architectures").add(architecture);
        if (type.equals("bert") && pooling == Pooling.MEAN) {
            changed.put("pooling", "mean");
        } else if (pooling == Pooling.POOLER) {
            changed.remove("pooling"); // the architecture's own is not written down
        }
        return changed;
    }

    /**
     * The config of the same encoder or decoder with a head that predicts words.
     *
     * @param causal each word from those before it, as a decoder does; else masked words from those around them
     * @throws ConfigException if that architecture predicts in the other way
     */
    public static ObjectNode languageModel(ObjectNode config, boolean causal) {
        String type = new ConfigJson(config).text("model_type", "");
        String architecture = causal
                ? switch (type) {
                    case "llama" -> "LlamaForCausalLM";
                    case "gpt2" -> "GPT2LMHeadModel";
                    case "lstm", "gru" -> "RecurrentForCausalLM";
                    default ->
                        throw new ConfigException(
                                "model_type",
                                type,
                                "a decoder, gpt2, llama, lstm or gru; an encoder learns hidden words (masked_lm)");
                }
                : switch (type) {
                    case "bert" -> "BertForMaskedLM";
                    default ->
                        throw new ConfigException(
                                "model_type", type, "an encoder, bert; a decoder learns the next word (causal_lm)");
                };
        ObjectNode changed = config.deepCopy();
        changed.putArray("architectures").add(architecture);
        return changed;
    }

    static ConfigException unknownHead(String architecture, String... known) {
        return new ConfigException(
                Configs.unknown("architectures: \"" + architecture + "\"", architecture, Arrays.asList(known)));
    }

    /**
     * Stored things fitted to a model's names: the base model's prefix is put before names or taken away, as Hugging Face
     * does between {@code BertModel} and {@code BertForSequenceClassification}.
     *
     * @param byName found: every name of the model that the store has
     * @param missing names of the model that the store has not, in order: a fresh head, or an incomplete file
     * @param unexpected names of the store that the model does not need, in order
     */
    public record Fitted<T>(Map<String, T> byName, List<String> missing, List<String> unexpected) {}

    /** Fits {@code stored}, tensors or headers by name, to the names of {@code model}. */
    public static <T> Fitted<T> fit(Model model, Map<String, T> stored) {
        var found = new LinkedHashMap<String, T>();
        var used = new HashSet<String>();
        for (String name : model.shapes().keySet()) {
            for (String candidate : candidates(name)) {
                T value = stored.get(candidate);
                if (value != null) {
                    found.put(name, value);
                    used.add(candidate);
                    break;
                }
            }
        }
        return new Fitted<>(
                found,
                model.shapes().keySet().stream()
                        .filter(name -> !found.containsKey(name))
                        .toList(),
                stored.keySet().stream().filter(name -> !used.contains(name)).toList());
    }

    /** The base model's prefix before the names of this model; empty where there is none. */
    public static String prefix(Model model) {
        return PREFIXES.stream()
                .filter(prefix -> model.shapes().keySet().stream().anyMatch(name -> name.startsWith(prefix)))
                .findFirst()
                .orElse("");
    }

    /** The name itself, without its base model's prefix, and with each prefix that there is; then the same of its old name. */
    private static List<String> candidates(String name) {
        var candidates = new ArrayList<>(prefixed(name));
        OLD_NAMES.forEach((ending, old) -> {
            if (name.endsWith(ending)) {
                candidates.addAll(prefixed(name.substring(0, name.length() - ending.length()) + old));
            }
        });
        return candidates;
    }

    private static List<String> prefixed(String name) {
        for (String prefix : PREFIXES) {
            if (name.startsWith(prefix)) {
                return List.of(name, name.substring(prefix.length()));
            }
        }
        var prefixed = new ArrayList<>(List.of(name));
        PREFIXES.forEach(prefix -> prefixed.add(prefix + name));
        return prefixed;
    }
}
