package org.counterweight.config;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/**
 * What one component of a settings record allows, as its {@link Setting} and its type say: the one source of what a constructor
 * refuses ({@link Checks#ranges}), of JSON Schema, and of what the user is told.
 *
 * @param key as it stands in files
 * @param words the setting's range in its own words, empty if it has none
 * @param range the bounds of a number, or of each in a list; null if the words state none
 * @param isWhole whether it is an integer, or a list of them
 * @param isNullable whether null may stand there
 */
public record Allowed(String key, String words, @Nullable Range range, boolean isWhole, boolean isNullable) {
    public static Allowed of(RecordComponent component) {
        Setting setting = component.getAnnotation(Setting.class);
        String words = setting == null ? "" : setting.range();
        return new Allowed(
                Configs.key(component.getName()),
                words,
                Range.stated(words),
                isWhole(component.getGenericType()),
                isNullable(component, setting));
    }

    /** The annotation stands at the type; of a nested one, {@code Outer.@Nullable Inner}, at its last part. */
    private static boolean isNullable(RecordComponent component, @Nullable Setting setting) {
        AnnotatedElement type = component.getAnnotatedType();
        return type.isAnnotationPresent(Nullable.class)
                || (setting != null && setting.defaultsTo().equals("null"));
    }

    private static boolean isWhole(Type type) {
        if (type instanceof ParameterizedType list) {
            return isWhole(list.getActualTypeArguments()[0]);
        }
        return type == int.class || type == long.class || type == Integer.class || type == Long.class;
    }

    /** For a page: {@code at least 1; 8 is usual, or null}. Empty if anything may stand there. */
    public String told() {
        return words.isEmpty() || !isNullable ? words : words + ", or null";
    }

    /** What a refusal of the number says was expected. */
    String expected(double refused) {
        if (range == null) {
            throw new IllegalStateException(key + " states no range");
        }
        String phrase = range.phrase(isWhole);
        int notes = words.indexOf(';');
        return (Double.isFinite(refused) ? phrase : phrase.replace("a number", "a finite number"))
                + (notes < 0 ? "" : " (" + words.substring(notes + 1).strip() + ")")
                + (isNullable ? ", or null" : "");
    }
}
