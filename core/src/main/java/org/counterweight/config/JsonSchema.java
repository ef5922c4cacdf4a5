package org.counterweight.config;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The JSON Schema (draft 2020-12) of a settings record, made from its components and their {@link Setting}s, so that an
 * editor completes and checks what {@link Configs} reads.
 */
public final class JsonSchema {
    private static final String DIALECT = "https://json-schema.org/draft/2020-12/schema";

    private JsonSchema() {}

    /** The schema of {@code type} as a document of its own. */
    public static ObjectNode of(Class<? extends Record> type, String title) {
        ObjectNode schema = Configs.JSON.createObjectNode();
        schema.put("$schema", DIALECT);
        schema.put("title", title);
        schema.setAll(object(type));
        return schema;
    }

    /** The schema of {@code type} as a part of another. */
    public static ObjectNode object(Class<? extends Record> type) {
        ObjectNode schema = Configs.JSON.createObjectNode();
        schema.put("type", "object");
        ObjectNode properties = schema.putObject("properties");
        ArrayNode required = Configs.JSON.createArrayNode();
        for (RecordComponent component : type.getRecordComponents()) {
            String key = Configs.key(component.getName());
            Setting setting = component.getAnnotation(Setting.class);
            properties.set(key, property(component, setting));
            if (setting != null && !setting.formerly().isEmpty()) {
                properties.set(setting.formerly(), property(component, setting).put("deprecated", true));
            }
            if (setting == null || setting.defaultsTo().equals(Setting.REQUIRED)) {
                required.add(key);
            }
        }
        if (!required.isEmpty()) {
            schema.set("required", required);
        }
        schema.put("additionalProperties", false);
        return schema;
    }

    private static ObjectNode property(RecordComponent component, @Nullable Setting setting) {
        ObjectNode property = value(component.getGenericType());
        if (setting == null) {
            return property;
        }
        Allowed allowed = Allowed.of(component);
        property.put(
                "description",
                allowed.told().isEmpty() ? setting.value() : setting.value() + " (" + allowed.told() + ")");
        bound(property, allowed.range());
        if (setting.oneOf().length > 0) {
            ArrayNode words = property.putArray("enum");
            for (String word : setting.oneOf()) {
                words.add(word);
            }
        }
        if (!setting.defaultsTo().equals(Setting.REQUIRED)) {
            property.set("default", Configs.JSON.readTree(setting.defaultsTo()));
        }
        if (allowed.isNullable()) {
            allowNull(property);
        }
        if (!setting.example().isEmpty()) {
            property.putArray("examples").add(Configs.JSON.readTree(setting.example()));
        }
        return property;
    }

    /** Of a number, or of those in a list, the ends of the stated range. */
    private static void bound(ObjectNode property, @Nullable Range range) {
        String type = property.path("type").asString("");
        if (type.equals("array") && property.get("items") instanceof ObjectNode items) {
            bound(items, range);
        } else if (range != null && (type.equals("integer") || type.equals("number"))) {
            if (Double.isFinite(range.low())) {
                property.set(range.lowAllowed() ? "minimum" : "exclusiveMinimum", end(type, range.low()));
            }
            if (Double.isFinite(range.high())) {
                property.set(range.highAllowed() ? "maximum" : "exclusiveMaximum", end(type, range.high()));
            }
        }
    }

    private static JsonNode end(String type, double end) {
        return Configs.JSON.readTree(type.equals("integer") ? String.valueOf((long) end) : String.valueOf(end));
    }

    private static void allowNull(ObjectNode property) {
        if (property.get("oneOf") instanceof ArrayNode kinds) {
            kinds.addObject().put("type", "null");
        }
        JsonNode type = property.get("type");
        if (type != null) {
            property.putArray("type").add(type).add("null");
        }
        if (property.get("enum") instanceof ArrayNode allowed) {
            allowed.addNull();
        }
    }

    private static ObjectNode value(Type type) {
        ObjectNode value = Configs.JSON.createObjectNode();
        if (type instanceof ParameterizedType generic && generic.getRawType() instanceof Class<?> raw) {
            Type last = generic.getActualTypeArguments()[generic.getActualTypeArguments().length - 1];
            if (Collection.class.isAssignableFrom(raw)) {
                value.put("type", "array").set("items", value(last));
            } else if (Map.class.isAssignableFrom(raw)) {
                value.put("type", "object").set("additionalProperties", value(last));
            }
            return value;
        }
        if (!(type instanceof Class<?> plain)) {
            return value;
        }
        Family family = Family.of(plain);
        if (family != null) {
            return oneOf(family);
        }
        if (plain.isRecord()) {
            return object(plain.asSubclass(Record.class));
        }
        if (plain.isEnum()) {
            ArrayNode allowed = value.put("type", "string").putArray("enum");
            for (Object constant : plain.getEnumConstants()) {
                allowed.add(((Enum<?>) constant).name().toLowerCase(Locale.ROOT));
            }
            return value;
        }
        String name = jsonType(plain);
        return name == null ? value : value.put("type", name);
    }

    private static ObjectNode oneOf(Family family) {
        ObjectNode schema = Configs.JSON.createObjectNode();
        ArrayNode oneOf = schema.putArray("oneOf");
        ArrayNode words = oneOf.addObject().putArray("enum");
        family.words().forEach(words::add);
        family.kinds().forEach((name, kind) -> {
            ObjectNode object = object(kind);
            ObjectNode properties = Configs.JSON.createObjectNode();
            properties.putObject(family.key()).put("const", name);
            properties.setAll((ObjectNode) object.get("properties"));
            object.set("properties", properties);
            ArrayNode required = Configs.JSON.createArrayNode().add(family.key());
            object.path("required").forEach(required::add);
            object.set("required", required);
            oneOf.add(object);
        });
        return schema;
    }

    /** The schema's word for a plain Java type; null if anything may stand there. */
    private static @Nullable String jsonType(Class<?> type) {
        if (type == int.class || type == long.class || type == Integer.class || type == Long.class) {
            return "integer";
        }
        if (type == double.class || type == float.class || type == Double.class || type == Float.class) {
            return "number";
        }
        if (type == boolean.class || type == Boolean.class) {
            return "boolean";
        }
        return CharSequence.class.isAssignableFrom(type) || type == java.nio.file.Path.class ? "string" : null;
    }
}
