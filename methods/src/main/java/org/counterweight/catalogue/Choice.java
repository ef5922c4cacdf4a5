package org.counterweight.catalogue;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.config.JsonSchema;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A method and its settings, as a section of a recipe: {@code {method: bone, r: 64}}.
 *
 * @param settings an instance of both the method's record and {@code T}
 */
public record Choice<T>(Method method, T settings) {
    private static final String KEY = "method";

    /**
     * Reads a section.
     *
     * @param section null if the recipe has none
     * @param path the section's name
     * @param kind what the settings must be able to do, which tells adapters from weighers
     * @throws ConfigException if the method is unknown or of another kind, or a setting is wrong
     */
    public static <T> @Nullable Choice<T> of(@Nullable JsonNode section, String path, Class<T> kind) {
        if (section == null || section.isNull()) {
            return null;
        }
        if (!(section instanceof ObjectNode object)) {
            throw new ConfigException(path + ": expected keys and values, found " + section);
        }
        List<String> known = methods(kind).stream().map(Method::name).toList();
        JsonNode name = object.get(KEY);
        if (name == null || !name.isString()) {
            throw new ConfigException(path + ".method is missing; give one of " + String.join(", ", known));
        }
        String wanted = name.asString();
        if (Catalogue.find(wanted).isEmpty()) {
            throw new ConfigException(Configs.unknown(path + ".method: \"" + wanted + "\"", wanted, known));
        }
        Method method = Catalogue.named(wanted, path + ".method");
        if (!kind.isAssignableFrom(method.config())) {
            throw new ConfigException(path + ".method", method.name(), "one of " + String.join(", ", known));
        }
        ObjectNode settings = object.deepCopy();
        settings.remove(KEY);
        return new Choice<>(method, kind.cast(Configs.bind(settings, method.config(), path)));
    }

    /**
     * A method by name.
     *
     * @param settings as in a recipe, without the method: {@code {r: 64}}; those that are not named are at their defaults
     * @param path what to call the section in messages
     * @throws ConfigException if the method is unknown or of another kind, or a setting is wrong
     */
    public static <T> Choice<T> named(String method, String settings, String path, Class<T> kind) {
        ObjectNode section = settings.isBlank() ? Configs.JSON.createObjectNode() : Configs.yaml(settings, path);
        section.put(KEY, method);
        return Objects.requireNonNull(of(section, path, kind));
    }

    /** The methods of the catalogue whose settings are of that kind. */
    public static List<Method> methods(Class<?> kind) {
        return Catalogue.all().stream()
                .filter(method -> kind.isAssignableFrom(method.config()))
                .toList();
    }

    /** The section as a tree, with every default written out. */
    public ObjectNode tree() {
        ObjectNode tree = Configs.JSON.createObjectNode();
        tree.put(KEY, method.name());
        tree.setAll(Configs.tree((Record) settings));
        return tree;
    }

    /** The JSON Schema of a choice among the methods of that kind, each with its settings. */
    public static ObjectNode schema(Class<?> kind) {
        ObjectNode schema = Configs.JSON.createObjectNode();
        ArrayNode oneOf = schema.putArray("oneOf");
        for (Method method : methods(kind)) {
            ObjectNode one = JsonSchema.object(method.config());
            ObjectNode properties = Configs.JSON.createObjectNode();
            properties.putObject("method").put("const", method.name()).put("description", method.line());
            properties.setAll((ObjectNode) one.get("properties"));
            one.set("properties", properties);
            var required = new ArrayList<String>(List.of("method"));
            one.path("required").forEach(key -> required.add(key.asString()));
            ArrayNode keys = one.putArray("required");
            required.forEach(keys::add);
            oneOf.add(one);
        }
        return schema;
    }
}
