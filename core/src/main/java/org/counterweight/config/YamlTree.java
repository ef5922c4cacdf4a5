package org.counterweight.config;

import java.math.BigInteger;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.schema.CoreSchema;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * YAML's core schema: {@code .5} is a number, and {@code *name} stands for what {@code &name} marks. Jackson's own tree
 * reads both as text, the second even as the bare name.
 */
final class YamlTree {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final int DEEPEST = 100; // an alias inside what it stands for has no end
    private static final int MOST = 1_000_000; // and aliases of aliases grow to any size

    private final String origin;
    private int nodes;

    private YamlTree(String origin) {
        this.origin = origin;
    }

    /**
     * @param origin stands in messages
     * @throws ConfigException for tags and aliases that name nothing, go in a circle, or multiply beyond measure
     */
    static JsonNode of(String text, String origin) {
        try {
            LoadSettings core =
                    LoadSettings.builder().setSchema(new CoreSchema()).build();
            return new YamlTree(origin).node(new Load(core).loadFromString(text), 0);
        } catch (YamlEngineException e) {
            throw new ConfigException(origin + ": " + e.getMessage(), e);
        }
    }

    private JsonNode node(@Nullable Object value, int depth) {
        if (++nodes > MOST) {
            throw new ConfigException(origin + ": has more than " + MOST + " values, its aliases written out");
        }
        if (depth > DEEPEST) {
            throw new ConfigException(
                    origin + ": is nested deeper than " + DEEPEST + " levels, or an alias holds itself");
        }
        if (value instanceof Map<?, ?> map) {
            ObjectNode object = NODES.objectNode();
            map.forEach((key, each) -> object.set(String.valueOf(key), node(each, depth + 1)));
            return object;
        }
        if (value instanceof Iterable<?> list) {
            ArrayNode array = NODES.arrayNode();
            list.forEach(each -> array.add(node(each, depth + 1)));
            return array;
        }
        return scalar(value);
    }

    private static JsonNode scalar(@Nullable Object value) {
        if (value == null) {
            return NODES.nullNode();
        }
        if (value instanceof Boolean truth) {
            return NODES.booleanNode(truth);
        }
        if (value instanceof Integer number) {
            return NODES.numberNode(number);
        }
        if (value instanceof Long number) {
            return NODES.numberNode(number);
        }
        if (value instanceof BigInteger number) {
            return NODES.numberNode(number);
        }
        if (value instanceof Double number) {
            return NODES.numberNode(number);
        }
        return NODES.stringNode(String.valueOf(value));
    }
}
