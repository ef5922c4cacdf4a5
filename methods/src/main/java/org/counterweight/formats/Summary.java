package org.counterweight.formats;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What is known of an adapter, in a few lines: {@code kind}, {@code settings}, {@code targets}. */
public record Summary(Map<String, String> lines) {
    public Summary {
        lines = Collections.unmodifiableMap(new LinkedHashMap<>(lines));
    }

    public static Summary of(String kind) {
        return new Summary(Map.of("kind", kind));
    }

    public Summary with(String what, String value) {
        var more = new LinkedHashMap<>(lines);
        more.put(what, value);
        return new Summary(more);
    }

    /** With those of these keys that the settings have. */
    public Summary withSettings(ObjectNode config, List<String> keys) {
        String all = keys.stream()
                .filter(config::hasNonNull)
                .map(key -> key + " " + config.get(key).asString(config.get(key).toString()))
                .collect(Collectors.joining(", "));
        return all.isEmpty() ? this : with("settings", all);
    }

    /** With the modules that {@code target_modules} names, if it does. */
    public Summary withTargets(ObjectNode config) {
        JsonNode targets = config.path("target_modules");
        if (targets.isMissingNode() || targets.isNull()) {
            return this;
        }
        return with(
                "targets",
                targets.isArray()
                        ? targets.valueStream().map(JsonNode::asString).collect(Collectors.joining(", "))
                        : targets.asString());
    }
}
