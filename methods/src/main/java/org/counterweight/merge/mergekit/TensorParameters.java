package org.counterweight.merge.mergekit;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.counterweight.config.ConfigException;
import org.counterweight.merge.mergekit.MergeRecipe.Source;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The parameters that hold for one tensor: each level is asked in turn, the nearest first, and the first that says anything
 * is heard.
 *
 * @param sources the models that take part
 * @param names what the tensor is called in each
 * @param name what it is called in the output
 * @param t its place among the layers of its slice, in [0, 1]
 * @param levels those of slice, module and recipe
 */
public record TensorParameters(
        List<Source> sources, List<String> names, String name, double t, List<Map<String, MergeSetting>> levels) {

    /** A number that each model has of its own. */
    public double number(int model, String key, @Nullable Double otherwise) {
        var asked = new ArrayList<Map<String, MergeSetting>>();
        asked.add(sources.get(model).parameters());
        asked.addAll(levels);
        return number(
                key,
                value(asked, key, names.get(model)),
                otherwise,
                " for " + sources.get(model).model().text());
    }

    /** A number for all models together. */
    public double number(String key, @Nullable Double otherwise) {
        return number(key, value(levels, key, name), otherwise, "");
    }

    /** Whether anything is said about a parameter of all models. */
    boolean says(String key) {
        return value(levels, key, name) != null;
    }

    /** A whole number for all models together, where something is said about it. */
    int whole(String key) {
        double value = number(key, null);
        if (value != Math.rint(value) || Math.abs(value) > Integer.MAX_VALUE) {
            throw new ConfigException("parameters." + key + " (" + name + ")", value, "a whole number");
        }
        return (int) value;
    }

    public boolean flag(String key, boolean otherwise) {
        JsonNode value = value(levels, key, name);
        if (value == null) {
            return otherwise;
        }
        Boolean truth = YamlScalar.truth(value);
        if (truth == null) {
            throw new ConfigException("parameters." + key + " (" + name + ")", value, "true or false");
        }
        return truth;
    }

    public String word(String key, List<String> allowed) {
        JsonNode value = value(levels, key, name);
        if (value == null) {
            return allowed.get(0);
        }
        if (!allowed.contains(value.asString(""))) {
            throw new ConfigException("parameters." + key, value, String.join(" or ", allowed));
        }
        return value.asString();
    }

    private static @Nullable JsonNode value(
            List<Map<String, MergeSetting>> levels, String key, String tensor, double t) {
        for (Map<String, MergeSetting> level : levels) {
            MergeSetting setting = level.get(key);
            JsonNode value = setting == null ? null : setting.at(tensor, t);
            if (value != null) {
                return value;
            }
        }
        return null;
    }

    private @Nullable JsonNode value(List<Map<String, MergeSetting>> asked, String key, String tensor) {
        return value(asked, key, tensor, t);
    }

    private double number(String key, @Nullable JsonNode value, @Nullable Double otherwise, String whose) {
        if (value == null) {
            if (otherwise == null) {
                throw new ConfigException("parameters." + key + " is not set" + whose + " (" + name + ")");
            }
            return otherwise;
        }
        Double found = YamlScalar.number(value);
        if (found == null) {
            throw new ConfigException("parameters." + key + whose + " (" + name + ")", value, "a finite number");
        }
        return found;
    }
}
