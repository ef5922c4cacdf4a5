package org.counterweight.guide.diffusers;

import org.counterweight.config.ConfigException;
import org.counterweight.config.Range;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The values of one of diffusers' files; what is missing has diffusers' default, what is of another type is refused.
 *
 * @param origin for messages
 */
record Keys(ObjectNode file, String origin) {
    double number(String key, double usual) {
        JsonNode value = file.path(key);
        if (value.isMissingNode()) {
            return usual;
        }
        if (!value.isNumber() || !Double.isFinite(value.asDouble())) {
            throw refused(key, value, "a finite number");
        }
        return value.asDouble();
    }

    /** Null where it is null or missing. */
    @Nullable
    Double numberOrNull(String key) {
        return isNull(key) ? null : (Double) number(key, 0);
    }

    boolean isNull(String key) {
        return file.path(key).isMissingNode() || file.path(key).isNull();
    }

    int count(String key, int usual) {
        JsonNode value = file.path(key);
        if (value.isMissingNode()) {
            return usual;
        }
        if (!value.isInt() || value.asInt() < 0) {
            throw refused(key, value, "an integer of at least 0");
        }
        return value.asInt();
    }

    boolean flag(String key, boolean usual) {
        JsonNode value = file.path(key);
        if (value.isMissingNode()) {
            return usual;
        }
        if (!value.isBoolean()) {
            throw refused(key, value, "true or false");
        }
        return value.asBoolean();
    }

    String word(String key, String usual) {
        JsonNode value = file.path(key);
        if (value.isMissingNode()) {
            return usual;
        }
        if (!value.isString()) {
            throw refused(key, value, "a word");
        }
        return value.asString();
    }

    double share(String key, double usual) {
        double value = number(key, usual);
        if (!new Range(0, true, 1, true).holds(value)) {
            throw refused(key, file.get(key), "a share from 0 to 1");
        }
        return value;
    }

    ConfigException refused(String key, @Nullable JsonNode value, String expected) {
        return new ConfigException(origin + ": " + key, value, expected);
    }
}
