package org.counterweight.data.text.chat.operation;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.counterweight.data.text.chat.value.Spelling;
import org.counterweight.data.text.chat.value.TemplateException;
import org.counterweight.data.text.chat.value.Truth;
import org.jspecify.annotations.Nullable;

/** What is handed to a function, a filter or a test: by place, and by name. */
public record Arguments(List<Object> placed, Map<String, Object> named) {
    /** Nothing. */
    public static final Arguments NONE = new Arguments(List.of(), Map.of());

    /** The argument of that place or name, or null. */
    public @Nullable Object find(int place, String name) {
        return place < placed.size() ? placed.get(place) : named.get(name);
    }

    /** The argument of that place or name, or what stands for it where it is not given. */
    public Object or(int place, String name, Object otherwise) {
        Object found = find(place, name);
        return found == null ? otherwise : found;
    }

    /** The argument of that place or name. */
    public Object get(int place, String name) {
        Object found = find(place, name);
        if (found == null) {
            throw new TemplateException("the argument " + name + " is missing");
        }
        return found;
    }

    /** A text. */
    public String text(int place, String name) {
        return expected(get(place, name), String.class, name, "a text");
    }

    /** A whole number. */
    public long number(int place, String name, long otherwise) {
        return expected(or(place, name, otherwise), Long.class, name, "a whole number");
    }

    /** Whether it is true, as Python sees it. */
    public boolean is(int place, String name, boolean otherwise) {
        return Truth.of(or(place, name, otherwise));
    }

    private static <T> T expected(Object value, Class<T> type, String name, String what) {
        if (!type.isInstance(value)) {
            throw new TemplateException(name + " must be " + what + ", not " + Spelling.type(value));
        }
        return type.cast(value);
    }

    /** Refuses more arguments than these, and others. */
    public Arguments atMost(int places, Set<String> names) {
        if (placed.size() > places) {
            throw new TemplateException("takes at most " + places + " arguments, and " + placed.size() + " are given");
        }
        for (String name : named.keySet()) {
            if (!names.contains(name)) {
                throw new TemplateException("has no argument " + name);
            }
        }
        return this;
    }

    /** Without the first {@code count} places. */
    public Arguments from(int count) {
        return new Arguments(placed.subList(Math.min(count, placed.size()), placed.size()), named);
    }
}
