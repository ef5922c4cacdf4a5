package org.counterweight.config;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** From the tree of a file to one that Jackson makes the record of, key by key, with paths for messages. */
final class Binding {
    private Binding() {}

    /** The tree with defaults for what is left out; refuses keys that there are not, and null where it may not stand. */
    static ObjectNode completed(ObjectNode given, Class<? extends Record> type, String path) {
        ObjectNode tree = renamed(given, type, path);
        List<String> known = Arrays.stream(type.getRecordComponents())
                .map(component -> Configs.key(component.getName()))
                .toList();
        for (String key : tree.propertyNames()) {
            if (!known.contains(key)) {
                throw new ConfigException(Configs.unknown(join(path, key), key, known));
            }
        }
        ObjectNode complete = Configs.JSON.createObjectNode();
        for (RecordComponent component : type.getRecordComponents()) {
            String key = Configs.key(component.getName());
            JsonNode value = tree.get(key);
            Setting setting = component.getAnnotation(Setting.class);
            if (value == null) {
                if (setting == null || setting.defaultsTo().equals(Setting.REQUIRED)) {
                    throw new ConfigException(join(path, key) + " is missing"
                            + (setting == null ? "" : "; give " + lowerFirst(setting.value())));
                }
                value = Configs.JSON.readTree(setting.defaultsTo());
            } else if (value.isNull() && !Allowed.of(component).isNullable()) {
                throw new ConfigException(join(path, key), null, describe(component.getType()));
            }
            complete.set(key, nested(value, component.getGenericType(), join(path, key)));
        }
        return complete;
    }

    /** Older names as those of today. */
    private static ObjectNode renamed(ObjectNode tree, Class<? extends Record> type, String path) {
        ObjectNode today = tree;
        for (RecordComponent component : type.getRecordComponents()) {
            Setting setting = component.getAnnotation(Setting.class);
            String once = setting == null ? "" : setting.formerly();
            if (!once.isEmpty() && tree.has(once)) {
                String key = Configs.key(component.getName());
                if (tree.has(key)) {
                    throw new ConfigException(
                            join(path, once) + " is the older name of " + join(path, key) + "; give one of them");
                }
                today = today.deepCopy();
                today.set(key, today.remove(once));
            }
        }
        return today;
    }

    private static JsonNode nested(JsonNode given, Type type, String path) {
        if (type instanceof ParameterizedType list && List.class.equals(list.getRawType()) && given.isArray()) {
            ArrayNode complete = Configs.JSON.createArrayNode();
            for (int i = 0; i < given.size(); i++) {
                complete.add(nested(given.get(i), list.getActualTypeArguments()[0], path + "[" + i + "]"));
            }
            return complete;
        }
        Family family = type instanceof Class<?> plain && !given.isNull() ? Family.of(plain) : null;
        if (family != null) {
            ObjectNode written = family.written(given, path);
            Class<? extends Record> kind = family.kind(written);
            JsonNode name = written.remove(family.key());
            ObjectNode complete = Configs.JSON.createObjectNode();
            complete.set(family.key(), name);
            complete.setAll(completed(written, kind, path));
            return complete;
        }
        if (!(type instanceof Class<?> plain) || !plain.isRecord() || given.isNull()) {
            return given;
        }
        if (!(given instanceof ObjectNode object)) {
            throw new ConfigException(path + ": expected keys and values, found " + describe(given));
        }
        return completed(object, plain.asSubclass(Record.class), path);
    }

    /** What is said about a value that is of another kind than its component. */
    static String mismatch(DatabindException e, ObjectNode tree, Class<?> type, String path) {
        String at = path;
        JsonNode value = tree;
        for (var reference : e.getPath()) {
            String name = reference.getPropertyName();
            at = name == null ? at + "[" + reference.getIndex() + "]" : join(at, name);
            value = value == null ? null : name == null ? value.get(reference.getIndex()) : value.get(name);
        }
        String expected =
                e instanceof tools.jackson.databind.exc.MismatchedInputException m && m.getTargetType() != null
                        ? describe(m.getTargetType())
                        : "another kind of value (" + type.getSimpleName() + ")";
        return at + ": " + describe(value) + " is not allowed; expected " + expected;
    }

    private static String describe(Class<?> type) {
        if (type == int.class || type == long.class || type == Integer.class || type == Long.class) {
            return "an integer";
        }
        if (type == double.class || type == float.class || type == Double.class) {
            return "a number";
        }
        if (type == boolean.class || type == Boolean.class) {
            return "true or false";
        }
        if (type == String.class) {
            return "a text";
        }
        if (List.class.isAssignableFrom(type)) {
            return "a list";
        }
        if (type.isEnum()) {
            var names = new ArrayList<String>();
            for (Object constant : type.getEnumConstants()) {
                names.add(((Enum<?>) constant).name().toLowerCase(Locale.ROOT));
            }
            return "one of " + String.join(", ", names);
        }
        return "keys and values";
    }

    static String describe(@Nullable JsonNode node) {
        return node == null || node.isMissingNode() ? "nothing" : node.toString();
    }

    private static String join(String path, String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    private static String lowerFirst(String text) {
        return text.isEmpty() ? text : Character.toLowerCase(text.charAt(0)) + text.substring(1);
    }
}
