package org.counterweight.merge.mergekit;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.config.Setting;
import org.counterweight.merge.method.MergeConfig;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/**
 * A settings record as mergekit's grammar fills it: looked at once, since it is filled for each tensor.
 *
 * @param parameters one a component, in their order
 */
record GrammarForm(Constructor<? extends MergeConfig> constructor, List<Parameter> parameters) {
    private static final Set<Class<?>> TYPES =
            Set.of(List.class, double.class, Double.class, Integer.class, boolean.class, String.class);

    /**
     * A component.
     *
     * @param type a list for a number of each model
     * @param byDefault missing if it must be given
     * @param words what is allowed of a text, the default first
     */
    record Parameter(String key, Class<?> type, JsonNode byDefault, List<String> words) {
        private static Parameter of(RecordComponent component) {
            Class<?> type = component.getType();
            if (!TYPES.contains(type) && !type.isEnum()) {
                throw new IllegalArgumentException(
                        component.getDeclaringRecord().getName() + "." + component.getName() + " is a " + type
                                + ", which no parameter can be");
            }
            Setting setting = component.getAnnotation(Setting.class);
            JsonNode byDefault = setting.defaultsTo().equals(Setting.REQUIRED)
                    ? MissingNode.getInstance()
                    : Configs.JSON.readTree(setting.defaultsTo());
            List<String> words = Stream.concat(Stream.of(byDefault.asString("")), Arrays.stream(setting.oneOf()))
                    .distinct()
                    .toList();
            return new Parameter(Configs.key(component.getName()), type, byDefault, words);
        }
    }

    static GrammarForm of(Class<? extends MergeConfig> settings) {
        RecordComponent[] components = settings.getRecordComponents();
        Class<?>[] types =
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        try {
            return new GrammarForm(
                    settings.getDeclaredConstructor(types),
                    Arrays.stream(components).map(Parameter::of).toList());
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException(settings.getName() + " is a record", e);
        }
    }

    /** @throws ConfigException if the record refuses the values */
    MergeConfig make(Function<Parameter, @Nullable Object> value) {
        Object[] values = parameters.stream().map(value).toArray();
        try {
            return constructor.newInstance(values);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof ConfigException wrong) {
                throw wrong;
            }
            throw new IllegalStateException(constructor + " failed", e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(constructor + " cannot be called", e);
        }
    }
}
