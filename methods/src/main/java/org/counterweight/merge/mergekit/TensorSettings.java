package org.counterweight.merge.mergekit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.counterweight.config.ConfigException;
import org.counterweight.merge.method.MergeConfig;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A method's settings record from the parameters that hold for one tensor.
 *
 * @param base the index of the base among the sources; −1 if there is none
 */
public record TensorSettings(MergeMethod method, TensorParameters given, int base) {
    /** @throws ConfigException naming the parameter, the model if it has one of its own, and the tensor */
    public MergeConfig settings() {
        try {
            return method.form().make(this::value);
        } catch (ConfigException e) {
            throw placed(e);
        }
    }

    private @Nullable Object value(GrammarForm.Parameter parameter) {
        String key = parameter.key();
        Class<?> type = parameter.type();
        if (type == List.class) {
            return eachModels(key, number(parameter.byDefault().path(0)));
        }
        if (type == double.class) {
            return given.number(key, number(parameter.byDefault()));
        }
        if (type == Double.class) {
            return given.says(key) ? (Double) given.number(key, null) : number(parameter.byDefault());
        }
        if (type == Integer.class) {
            return given.says(key) ? (Integer) given.whole(key) : whole(parameter.byDefault());
        }
        if (type == boolean.class) {
            return given.flag(key, parameter.byDefault().asBoolean());
        }
        String word = given.word(key, parameter.words());
        return type.isEnum() ? constant(type, word) : word;
    }

    private static @Nullable Double number(JsonNode node) {
        return node.isNumber() ? (Double) node.asDouble() : null;
    }

    private static @Nullable Integer whole(JsonNode node) {
        return node.isInt() ? (Integer) node.asInt() : null;
    }

    /** The sources that have numbers of their own. */
    private List<Integer> others() {
        return IntStream.range(0, given.sources().size())
                .filter(i -> i != base)
                .boxed()
                .toList();
    }

    /** One number a model; where there is only the base, one that nothing is multiplied by. */
    private List<Double> eachModels(String key, @Nullable Double byDefault) {
        List<Integer> others = others();
        if (others.isEmpty()) {
            return List.of(byDefault == null ? 1 : byDefault);
        }
        var numbers = new ArrayList<Double>();
        others.forEach(model -> numbers.add(given.number(model, key, byDefault)));
        return numbers;
    }

    private static Object constant(Class<?> type, String word) {
        return Arrays.stream(type.getEnumConstants())
                .filter(each -> ((Enum<?>) each).name().toLowerCase(Locale.ROOT).equals(word))
                .findFirst()
                .orElseThrow();
    }

    /** The same refusal where the user wrote the parameter: {@code ties.density[0]} is a's {@code parameters.density}. */
    private ConfigException placed(ConfigException wrong) {
        String tensor = " (" + given.name() + ")";
        String field = wrong.field();
        String own = method.label() + ".";
        if (field == null || !field.startsWith(own)) {
            return wrong; // said of the parameter itself
        }
        String key = field.substring(own.length());
        int bracket = key.indexOf('[');
        if (bracket < 0) {
            return wrong.at("parameters." + key + tensor);
        }
        int model = others().get(Integer.parseInt(key.substring(bracket + 1, key.length() - 1)));
        return wrong.at("parameters." + key.substring(0, bracket) + " of "
                + given.sources().get(model).model().text() + tensor);
    }
}
