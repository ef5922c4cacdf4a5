package org.counterweight.config;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.jsontype.NamedType;
import tools.jackson.databind.node.ObjectNode;

/**
 * A family of settings with all its {@link Kinds}.
 *
 * @param key under which the name of the kind stands
 */
record Family(String key, Map<String, Class<? extends Record>> kinds) {
    private static final Map<Class<?>, Family> ALL = all();

    /** The family of that interface; null if it is none. */
    static @Nullable Family of(Class<?> type) {
        return ALL.get(type);
    }

    /** The kinds of all families, as Jackson knows them. */
    static NamedType[] namedTypes() {
        var types = new ArrayList<NamedType>();
        ALL.values().forEach(family -> family.kinds.forEach((name, type) -> types.add(new NamedType(type, name))));
        return types.toArray(NamedType[]::new);
    }

    private static Map<Class<?>, Family> all() {
        var all = new LinkedHashMap<Class<?>, Family>();
        for (Kinds<?> some : ServiceLoader.load(Kinds.class, Kinds.class.getClassLoader())) {
            Class<?> type = some.family();
            String key = Objects.requireNonNull(type.getAnnotation(JsonTypeInfo.class), type.getName())
                    .property();
            Family family = all.computeIfAbsent(type, none -> new Family(key, new LinkedHashMap<>()));
            some.kinds().forEach((name, kind) -> {
                if (family.kinds.put(name, kind.asSubclass(Record.class)) != null) {
                    throw new IllegalStateException(type.getName() + " has two kinds named " + name);
                }
            });
        }
        return all;
    }

    /**
     * What a file says about a kind, with keys and values: a name alone becomes an object.
     *
     * @throws ConfigException if the kind is missing or unknown
     */
    ObjectNode written(JsonNode given, String path) {
        ObjectNode object = Configs.JSON.createObjectNode();
        if (given.isString()) {
            object.set(key, given);
        } else if (given instanceof ObjectNode keys) {
            object.setAll(keys);
        } else {
            throw new ConfigException(path + ": " + given + " is not allowed; expected " + expected());
        }
        JsonNode name = object.get(key);
        if (name == null || !name.isString()) {
            throw new ConfigException(path + "." + key + " is missing; give " + expected());
        }
        if (!kinds.containsKey(name.asString())) {
            String at = given.isString() ? path : path + "." + key;
            throw new ConfigException(Configs.unknown(at + ": " + name, name.asString(), List.copyOf(kinds.keySet())));
        }
        return object;
    }

    Class<? extends Record> kind(ObjectNode written) {
        return Objects.requireNonNull(kinds.get(written.path(key).asString()));
    }

    /** As short as it can be said: the name alone of a kind that has no settings. */
    JsonNode shortened(JsonNode tree) {
        return tree.isObject() && tree.size() == 1 ? tree.get(key) : tree;
    }

    /** The kinds that a name alone chooses. */
    List<String> words() {
        return kinds.entrySet().stream()
                .filter(kind ->
                        Arrays.stream(kind.getValue().getRecordComponents()).noneMatch(Family::isRequired))
                .map(Map.Entry::getKey)
                .toList();
    }

    private static boolean isRequired(RecordComponent component) {
        Setting setting = component.getAnnotation(Setting.class);
        return setting == null || setting.defaultsTo().equals(Setting.REQUIRED);
    }

    private String expected() {
        return "one of " + String.join(", ", kinds.keySet());
    }
}
