package org.counterweight.merge.mergekit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.DoubleNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The value of a parameter in mergekit's grammar: a constant; a gradient over the layers, {@code [0, 0.5, 1]}; or a list of
 * {@code {filter, value}} of which the first whose filter occurs in the tensor's name decides.
 */
public sealed interface MergeSetting {
    /**
     * The value for one tensor.
     *
     * @param tensor its name
     * @param t its place among the layers, 0 for the first, 1 for the last
     * @return a number, truth value or text; null if this setting says nothing about the tensor
     */
    @Nullable
    JsonNode at(String tensor, double t);

    /** The parts of names that it asks for. */
    default Stream<String> filters() {
        return Stream.of();
    }

    /** The same for every tensor. */
    record Constant(JsonNode value) implements MergeSetting {
        @Override
        public JsonNode at(String tensor, double t) {
            return value;
        }
    }

    /** Linear interpolation between numbers spread evenly over the layers. */
    record Gradient(List<Double> values) implements MergeSetting {
        @Override
        public JsonNode at(String tensor, double t) {
            int last = values.size() - 1;
            double place = t * last;
            int i = (int) Math.floor(place);
            int j = Math.min(last, i + 1);
            double f = place - i;
            return DoubleNode.valueOf((1 - f) * values.get(i) + f * values.get(j));
        }
    }

    /** Values that cannot be interpolated: each holds from its place on. */
    record Steps(List<JsonNode> values) implements MergeSetting {
        @Override
        public JsonNode at(String tensor, double t) {
            return values.get((int) Math.floor(t * (values.size() - 1)));
        }
    }

    /** The first case that fits decides, even if it says nothing. */
    record Cases(List<Case> cases) implements MergeSetting {
        @Override
        public @Nullable JsonNode at(String tensor, double t) {
            for (Case each : cases) {
                if (each.filter.equals("*") || tensor.contains(each.filter)) {
                    return each.value.at(tensor, t);
                }
            }
            return null;
        }

        @Override
        public Stream<String> filters() {
            return cases.stream()
                    .flatMap(each -> Stream.concat(Stream.of(each.filter), each.value.filters()))
                    .filter(filter -> !filter.equals("*"));
        }
    }

    /** A part of {@link Cases}; the filter {@code *} fits every name. */
    record Case(String filter, MergeSetting value) {}

    /**
     * Reads a setting.
     *
     * @param path its place in the user's file, for messages
     * @throws ConfigException if it has none of the three forms
     */
    static MergeSetting of(JsonNode node, String path) {
        if (node instanceof ObjectNode object) { // mergekit wants a list even around one case; we do not
            return new Cases(List.of(oneCase(object, path)));
        }
        if (!(node instanceof ArrayNode list)) {
            if (!node.isValueNode() || node.isNull()) {
                throw wrong(path, node);
            }
            return new Constant(node);
        }
        if (list.isEmpty()) {
            throw wrong(path, node);
        }
        if (all(list, JsonNode::isObject)) {
            var cases = new ArrayList<Case>();
            for (int i = 0; i < list.size(); i++) {
                cases.add(oneCase((ObjectNode) list.get(i), path + "[" + i + "]"));
            }
            return new Cases(cases);
        }
        List<@Nullable Double> numbers =
                list.valueStream().map(YamlScalar::number).toList();
        if (!numbers.contains(null)) {
            return new Gradient(numbers.stream().map(Objects::requireNonNull).toList());
        }
        if (all(list, each -> each.isValueNode() && !each.isNull())) {
            var values = new ArrayList<JsonNode>();
            list.forEach(values::add);
            return new Steps(values);
        }
        throw wrong(path, node);
    }

    /** The settings under {@code parameters}. */
    static Map<String, MergeSetting> map(@Nullable JsonNode node, String path) {
        var settings = new LinkedHashMap<String, MergeSetting>();
        if (node == null || node.isNull()) {
            return settings;
        }
        if (!(node instanceof ObjectNode object)) {
            throw new ConfigException(path, node, "parameters by name");
        }
        for (var entry : object.properties()) {
            if (!MergeMethod.PARAMETERS.contains(entry.getKey())) {
                throw new ConfigException(
                        Configs.unknown(path + "." + entry.getKey(), entry.getKey(), MergeMethod.PARAMETERS));
            }
            settings.put(entry.getKey(), of(entry.getValue(), path + "." + entry.getKey()));
        }
        return settings;
    }

    private static Case oneCase(ObjectNode node, String path) {
        for (String key : node.propertyNames()) {
            if (!key.equals("filter") && !key.equals("value")) {
                throw new ConfigException(Configs.unknown(path + "." + key, key, List.of("filter", "value")));
            }
        }
        JsonNode value = node.get("value");
        if (value == null) {
            throw new ConfigException(path + ".value is missing");
        }
        JsonNode filter = node.get("filter");
        if (filter != null && !filter.isNull() && !filter.isString()) {
            throw new ConfigException(path + ".filter", filter, "a part of tensors' names, such as self_attn, or *");
        }
        return new Case(filter == null || filter.isNull() ? "*" : filter.asString(), of(value, path + ".value"));
    }

    private static boolean all(ArrayNode list, Predicate<JsonNode> condition) {
        for (JsonNode each : list) {
            if (!condition.test(each)) {
                return false;
            }
        }
        return true;
    }

    private static ConfigException wrong(String path, JsonNode node) {
        return new ConfigException(
                path, node, "a value, a list of numbers over the layers, or a list of {filter, value}");
    }
}
