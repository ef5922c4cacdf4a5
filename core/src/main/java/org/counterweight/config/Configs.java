package org.counterweight.config;

import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.cfg.MapperBuilder;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * Reads settings strictly: an unknown key is an error that names the nearest known one, a key given twice is an error, and
 * what is left out takes the default that its {@link Setting} states. Java's {@code weightDecay} is {@code weight_decay} in
 * a file, and an enum's constants are written in lower case.
 */
public final class Configs {
    private static final Pattern DUPLICATE = Pattern.compile("^Duplicate Object property (\".*\")");
    private static final String BYTE_ORDER_MARK = "\uFEFF";
    private static final SnakeCase SNAKE_CASE = new SnakeCase();

    /** JSON with the conventions of this class. */
    public static final JsonMapper JSON = strict(JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build()))
            .build();

    private static final YAMLMapper YAML = strict(YAMLMapper.builder(YAMLFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build()))
            .build();

    private Configs() {}

    private static <B extends MapperBuilder<?, B>> B strict(B builder) {
        return builder.propertyNamingStrategy(SNAKE_CASE)
                .registerSubtypes(Family.namedTypes())
                .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
                .enable(EnumFeature.WRITE_ENUMS_TO_LOWERCASE)
                .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                .disable(SerializationFeature.FAIL_ON_EMPTY_BEANS);
    }

    /**
     * Reads a YAML or JSON file, by its ending ({@code .json}; anything else is YAML, of which JSON is a part).
     *
     * @throws ConfigException if it is no object, or not well formed; the message has the line
     */
    public static ObjectNode read(Path file) throws IOException {
        String text = text(file);
        return file.toString().endsWith(".json")
                ? parse(PythonJson.MAPPER, text, file.toString())
                : yaml(text, file.toString());
    }

    /**
     * All of a text file, without the mark of its encoding that Windows's editors put first.
     *
     * @throws ConfigException if it is not there, is a directory, or is no UTF-8
     */
    public static String text(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new ConfigException(file + ": is a directory; expected a file");
        }
        try {
            String text = Files.readString(file);
            return text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
        } catch (NoSuchFileException e) {
            throw new ConfigException(file + ": there is no such file", e);
        } catch (CharacterCodingException e) {
            throw new ConfigException(file + ": is no UTF-8 text; save it as UTF-8", e);
        }
    }

    /** Parses YAML text; {@code origin} stands in messages. */
    public static ObjectNode yaml(String text, String origin) {
        parse(YAML, text, origin); // says where a file is not well formed, or a key stands twice
        return (ObjectNode) YamlTree.of(text, origin);
    }

    /** Parses JSON text; {@code origin} stands in messages. */
    public static ObjectNode json(String text, String origin) {
        return parse(JSON, text, origin);
    }

    /**
     * Reads a JSON file that is a list.
     *
     * @throws ConfigException if it is none, or not well formed; the message has the line
     */
    public static ArrayNode list(Path file) throws IOException {
        JsonNode tree = tree(PythonJson.MAPPER, text(file), file.toString());
        if (tree instanceof ArrayNode list) {
            return list;
        }
        throw new ConfigException(file + ": expected a list, found " + Binding.describe(tree));
    }

    private static ObjectNode parse(ObjectMapper mapper, String text, String origin) {
        JsonNode tree = tree(mapper, text, origin);
        if (tree instanceof ObjectNode object) {
            return object;
        }
        throw new ConfigException(origin + ": expected keys and values, found " + Binding.describe(tree));
    }

    private static JsonNode tree(ObjectMapper mapper, String text, String origin) {
        try {
            return mapper.readTree(text);
        } catch (JacksonException e) {
            var at = e.getLocation();
            String where = at == null || at.getLineNr() < 1 ? "" : ":" + at.getLineNr();
            throw new ConfigException(origin + where + ": " + problem(e), e);
        }
    }

    /**
     * Makes the record from the tree, with defaults for what is left out.
     *
     * @param path the dotted path of {@code tree} in the user's file, for messages; empty for the whole file
     * @throws ConfigException naming the key, the value and what is allowed
     */
    public static <R extends Record> R bind(ObjectNode tree, Class<R> type, String path) {
        ObjectNode complete = Binding.completed(tree, type, path);
        try {
            return JSON.treeToValue(complete, type);
        } catch (DatabindException e) {
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                if (cause instanceof ConfigException wrong) {
                    throw wrong;
                }
            }
            throw new ConfigException(Binding.mismatch(e, complete, type, path), e);
        }
    }

    /** The record with all its defaults; every component must have one. */
    public static <R extends Record> R defaults(Class<R> type) {
        return bind(JSON.createObjectNode(), type, "");
    }

    /**
     * Settings to begin with: of each component the example that it names, else its default.
     *
     * @throws IllegalStateException if one has neither
     */
    public static ObjectNode sample(Class<? extends Record> type) {
        ObjectNode sample = JSON.createObjectNode();
        for (RecordComponent component : type.getRecordComponents()) {
            Setting setting = component.getAnnotation(Setting.class);
            String value =
                    setting == null ? "" : setting.example().isEmpty() ? setting.defaultsTo() : setting.example();
            if (value.equals(Setting.REQUIRED)) {
                throw new IllegalStateException(type.getName() + ": " + component.getName() + " has no example");
            }
            sample.set(key(component.getName()), JSON.readTree(value));
        }
        return sample;
    }

    /** The settings as a tree, all of them, in the order of the record. */
    public static ObjectNode tree(Record settings) {
        ObjectNode tree = (ObjectNode) JSON.valueToTree(settings);
        for (RecordComponent component : settings.getClass().getRecordComponents()) {
            String key = key(component.getName());
            tree.set(key, shortened(tree.path(key), component.getGenericType()));
        }
        return tree;
    }

    private static JsonNode shortened(JsonNode tree, Type type) {
        if (tree instanceof ArrayNode list && type instanceof ParameterizedType of) {
            ArrayNode shorter = JSON.createArrayNode();
            list.forEach(item -> shorter.add(shortened(item, of.getActualTypeArguments()[0])));
            return shorter;
        }
        Family family = type instanceof Class<?> plain ? Family.of(plain) : null;
        return family == null ? tree : family.shortened(tree);
    }

    /** The tree as YAML text. */
    public static String yaml(ObjectNode tree) {
        return YAML.writeValueAsString(tree).replaceFirst("^---\n", "");
    }

    /** The key that stands in files for a record component of that name. */
    public static String key(String component) {
        return SNAKE_CASE.translate(component);
    }

    /** {@code lora.targts is unknown; did you mean "targets"? Known: r, alpha, …} */
    public static String unknown(String path, String word, List<String> known) {
        return path + " is unknown" + Nearest.hint(word, known, "Known:");
    }

    /** Of a parser's message what was wrong, without the excerpts that it indents. */
    private static String problem(JacksonException e) {
        Matcher twice = DUPLICATE.matcher(e.getOriginalMessage());
        if (twice.find()) {
            return twice.group(1) + " is given twice; keep one";
        }
        if (e.getOriginalMessage().startsWith("Trailing token")) {
            return "a second document begins, after --- or the end of the first; keep one";
        }
        return e.getOriginalMessage()
                .lines()
                .filter(line -> !line.isBlank() && !line.startsWith(" "))
                .limit(2)
                .collect(Collectors.joining(": "))
                .replaceAll("\\s*\\((?:start marker at )?\\[Source: .*?]\\)", "");
    }

    /** {@code miniR} becomes {@code mini_r}. */
    private static final class SnakeCase extends PropertyNamingStrategies.NamingBase {
        private static final long serialVersionUID = 1;

        @Override
        public String translate(String component) {
            return component.replaceAll("([a-z0-9])([A-Z])", "$1_$2").toLowerCase(Locale.ROOT);
        }
    }
}
