package org.counterweight.formats.peft.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.counterweight.adapt.ModuleNames;
import org.counterweight.adapt.TargetRules;
import org.counterweight.adapt.lowrank.LowRankStart;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.weights.WeightsException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * An {@code adapter_config.json}: which modules are adapted, by which method, and what else is stored.
 *
 * @param tree all of it, as read
 * @param rules which modules are adapted
 * @param bias which biases are stored: {@code none}, {@code all}, or {@code …_only}: those of adapted modules
 * @param warnings what was read but has no effect, one line each
 */
public record PeftConfig(PeftType type, ObjectNode tree, TargetRules rules, String bias, List<String> warnings) {
    public static final String FILE = "adapter_config.json";
    public static final String TASK = "task_type";

    /** The type that stands at no weight, and is read by itself. */
    public static final String PREFIX = "PREFIX_TUNING";

    private static final String SAVED = "modules_to_save";
    static final String FEED_FORWARD = "feedforward_modules";

    /** What PEFT trains and saves whole for these tasks, whether the file says so or not: until PEFT 0.10 it did not. */
    private static final Map<String, List<String>> HEADS =
            Map.of("SEQ_CLS", List.of("classifier", "score"), "TOKEN_CLS", List.of("classifier", "score"));

    /** Keys that change the mathematics in ways that are not supported; harmless at these values. */
    private static final List<String> UNSUPPORTED = List.of(
            "layer_replication",
            "target_parameters",
            "alora_invocation_tokens",
            "use_qalora",
            "use_bdlora",
            "velora_config",
            "monteclora_config",
            "kasa_config",
            "arrow_config",
            "megatron_config");

    private static final List<String> READ = Stream.concat(
                    Arrays.stream(PeftType.values()).map(PeftType::name), Stream.of(PREFIX))
            .toList();

    /** The types of PEFT 0.21 that are not read, to be named and not taken for misspelt. */
    private static final Set<String> OTHER_TYPES = Set.of(
            ("ADAMSS ADAPTION_PROMPT BEFT BOFT C3A CARTRIDGE CPT DEFT DELORA FOURIERFT FROD GLORA GRALORA HIRA HRA"
                            + " LILY LN_TUNING MULTITASK_PROMPT_TUNING OFT OSF PEANUT POLY PROMPT_TUNING PSOFT"
                            + " PVERA P_TUNING RANDLORA ROAD SHADOW SHIRA SUPERTUNING TINYLORA UNILORA"
                            + " VBLORA WAVEFT XLORA")
                    .split(" "));

    public PeftConfig {
        warnings = List.copyOf(warnings);
    }

    /**
     * Reads the config of an adapter directory.
     *
     * @param modelType the base model's {@code model_type}, for the targets of a file that names none
     * @throws WeightsException if there is none
     * @throws ConfigException if it asks for what is not supported, naming the key
     */
    public static PeftConfig read(Path directory, String modelType) {
        Path file = directory.resolve(FILE);
        if (!Files.exists(file)) {
            throw new WeightsException(
                    directory, "has no " + FILE + "; it is no adapter directory" + within(directory));
        }
        try {
            return of(Configs.read(file), modelType, file.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }

    /** PEFT gives each adapter that has a name a directory of its own below the one it is asked to write. */
    private static String within(Path directory) {
        if (!Files.isDirectory(directory)) {
            return "";
        }
        try (Stream<Path> entries = Files.list(directory)) {
            List<String> adapters = entries.filter(entry -> Files.exists(entry.resolve(FILE)))
                    .map(Path::toString)
                    .sorted()
                    .toList();
            return adapters.isEmpty() ? "" : "; name one of those in it: " + String.join(", ", adapters);
        } catch (IOException e) {
            throw new UncheckedIOException(directory + ": cannot be listed: " + e.getMessage(), e);
        }
    }

    /** Reads a config; {@code origin} stands in messages. */
    public static PeftConfig of(ObjectNode tree, String modelType, String origin) {
        PeftType type = type(tree, origin);
        for (String key : UNSUPPORTED) {
            if (isSet(tree.get(key))) {
                throw new ConfigException(origin + ": " + key + ": " + tree.get(key)
                        + " changes the adapter's mathematics in a way that is not supported here");
            }
        }
        var warnings = new ArrayList<String>();
        for (String key : tree.propertyNames()) {
            if (!PeftDefaults.of(type).has(key) && !key.equals("runtime_config")) {
                warnings.add(origin + ": " + key + " is unknown and has no effect");
            }
        }
        List<Integer> layers = new ArrayList<>();
        JsonNode transformed = tree.path("layers_to_transform");
        if (transformed.isIntegralNumber()) {
            layers.add(transformed.asInt());
        } else {
            transformed.forEach(layer -> layers.add(layer.asInt()));
        }
        ModuleNames targets = names(tree.path("target_modules"), "target_modules", origin);
        if (targets == null) {
            List<String> usual = UsualTargets.of(type, modelType);
            if (usual == null) {
                throw new ConfigException(
                        origin + ": target_modules is missing, and there is no usual choice for a model of" + " type \""
                                + modelType + "\"; list the modules");
            }
            targets = ModuleNames.list(usual);
        }
        var rules = new TargetRules(
                targets,
                names(tree.path("exclude_modules"), "exclude_modules", origin),
                savedModules(tree),
                layers,
                texts(tree.path("layers_pattern")));
        String bias = tree.path("bias").asString("none");
        if (!bias.equals("none") && !bias.equals("all") && !bias.endsWith("_only")) {
            throw new ConfigException(origin + ": bias", bias, "none, all, or a method's name and _only (lora_only)");
        }
        ObjectNode whole = type == PeftType.IA3 ? withFeedForward(tree, modelType, origin) : tree;
        return new PeftConfig(type, whole, rules, bias, warnings);
    }

    /** With the usual modules of which (IA)³ scales the inputs, where the file names none. */
    private static ObjectNode withFeedForward(ObjectNode tree, String modelType, String origin) {
        if (tree.hasNonNull(FEED_FORWARD)) {
            return tree;
        }
        List<String> usual = UsualTargets.feedForward(modelType);
        if (usual == null) {
            throw new ConfigException(origin + ": " + FEED_FORWARD + " is missing, and there is no usual choice for a"
                    + " model of type \"" + modelType + "\"; list those of the target_modules whose inputs are scaled");
        }
        ObjectNode whole = tree.deepCopy();
        usual.forEach(whole.putArray(FEED_FORWARD)::add);
        return whole;
    }

    private static PeftType type(ObjectNode tree, String origin) {
        String name = tree.path("peft_type").asString("");
        for (PeftType type : PeftType.values()) {
            if (type.name().equals(name)) {
                return type;
            }
        }
        if (name.isEmpty()) {
            throw new ConfigException(origin + ": peft_type is missing, which PEFT always writes; this is another"
                    + " library's adapter: convert it to PEFT's form, or merge it where it was trained");
        }
        if (OTHER_TYPES.contains(name)) {
            throw new ConfigException(
                    origin + ": peft_type \"" + name + "\" is a type of PEFT's that is not read here;" + " these are: "
                            + String.join(", ", READ) + "; where PEFT can merge the adapter, use the merged model");
        }
        throw new ConfigException(Configs.unknown(origin + ": peft_type \"" + name + "\"", name, READ));
    }

    private static boolean isSet(@Nullable JsonNode value) {
        return value != null
                && !value.isNull()
                && !(value.isBoolean() && !value.asBoolean())
                && !(value.isContainer() && value.isEmpty());
    }

    private static @Nullable ModuleNames names(JsonNode node, String key, String origin) {
        if (node.isMissingNode() || node.isNull()) {
            return null;
        }
        return node.isString()
                ? ModuleNames.regex(node.asString(), origin + ": " + key)
                : ModuleNames.list(texts(node));
    }

    static List<String> texts(JsonNode node) {
        if (node.isString()) {
            return node.asString().isEmpty() ? List.of() : List.of(node.asString());
        }
        var texts = new ArrayList<String>();
        node.forEach(item -> texts.add(item.asString()));
        return texts;
    }

    public static List<String> savedModules(ObjectNode tree) {
        var saved = new LinkedHashSet<>(texts(tree.path(SAVED)));
        saved.addAll(HEADS.getOrDefault(tree.path(TASK).asString(""), List.of()));
        return List.copyOf(saved);
    }

    /** The base model that the file hints at, or null. */
    public @Nullable String baseModel() {
        JsonNode hint = tree.path("base_model_name_or_path");
        return hint.isString() ? hint.asString() : null;
    }

    /** The modules that are stored whole, heads that the task implies among them. */
    public List<String> savedModules() {
        return rules.savedModules();
    }

    /** Those that the file names, and that must therefore be there. */
    public List<String> namedModules() {
        return texts(tree.path(SAVED));
    }

    /** What it says about the adapter at one module, which PEFT may have seen under another name. */
    public ModuleSettings at(String module, String inMemory) {
        return new ModuleSettings(this, module, inMemory);
    }

    /** The rows of tables that are trained beside the adapter, by the names or dotted endings of names of the tables. */
    public List<TrainedTokens> trainedTokens(String table) {
        return TrainedTokens.of(tree, table);
    }

    /** The rows that are all an adapter of type {@code TRAINABLE_TOKENS} trains, of each of its tables. */
    public List<Long> tokenIndices() {
        return TrainedTokens.numbers(value("token_indices"));
    }

    /** Whether embedding and head are trained as one, where they are tied. */
    public boolean tiesHead() {
        return tree.path("ensure_weight_tying").asBoolean(false);
    }

    /** Whether the base is decomposed again to find what an adapter took out of it, for which half precision is too coarse. */
    public boolean startsInBase() {
        return type == PeftType.LORA && StartOfLora.of(value("init_lora_weights")) != LowRankStart.LORA;
    }

    public boolean flag(String key) {
        return value(key).asBoolean(false);
    }

    public JsonNode value(String key) {
        JsonNode given = tree.get(key);
        return given == null ? PeftDefaults.of(type).required(key) : given;
    }
}
