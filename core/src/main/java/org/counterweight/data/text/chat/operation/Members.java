package org.counterweight.data.text.chat.operation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.counterweight.data.text.chat.value.Budget;
import org.counterweight.data.text.chat.value.Fields;
import org.counterweight.data.text.chat.value.None;
import org.counterweight.data.text.chat.value.Spelling;
import org.counterweight.data.text.chat.value.TemplateException;
import org.counterweight.data.text.chat.value.Truth;
import org.counterweight.data.text.chat.value.Tuple;
import org.counterweight.data.text.chat.value.Undefined;
import org.jspecify.annotations.Nullable;

/**
 * What stands behind a dot or in brackets: elements, keys, parts, and the methods of Python that change nothing. There are no
 * others: a name that is none of these is not defined, whatever the object behind the value is made of.
 */
public final class Members {
    private static final Map<String, java.util.function.Function<Map<?, ?>, List<?>>> OF_MAPS = Map.of(
            "items",
            map -> entries(map),
            "keys",
            map -> new ArrayList<>(map.keySet()),
            "values",
            map -> new ArrayList<>(map.values()));

    private static final Set<String> CHANGES = Set.of(
            "append",
            "extend",
            "insert",
            "pop",
            "remove",
            "clear",
            "update",
            "setdefault",
            "popitem",
            "sort",
            "reverse");

    private Members() {}

    /** {@code value.name}: a method before a key. */
    public static Object named(Object value, String name, String where) {
        Object method = method(value, name);
        if (method != null) {
            return method;
        }
        Object member = member(value, name);
        return member == null ? new Undefined(where) : member;
    }

    /** {@code value[key]}: a key before a method. */
    public static Object item(Object value, Object key, String where) {
        if (key instanceof String name) {
            Object member = member(value, name);
            Object found = member == null ? method(value, name) : member;
            return found == null ? new Undefined(where) : found;
        }
        if (value instanceof Undefined undefined) {
            throw undefined.refused();
        }
        Object member = null;
        if (value instanceof Map<?, ?> map) {
            member = map.get(key);
        } else if (key instanceof Long place && (value instanceof List || value instanceof String)) {
            long length = Truth.length(value);
            long at = place < 0 ? place + length : place;
            member = at < 0 || at >= length ? null : element(value, (int) at);
        }
        return member == null ? new Undefined(where) : member;
    }

    private static Object element(Object value, int at) {
        if (value instanceof List<?> list) {
            return list.get(at);
        }
        String text = (String) value;
        return Character.toString(text.codePointAt(text.offsetByCodePoints(0, at)));
    }

    private static @Nullable Object member(Object value, String name) {
        if (value instanceof Undefined undefined) {
            throw undefined.refused();
        }
        if (value instanceof Fields fields) {
            return fields.field(name);
        }
        return value instanceof Map<?, ?> map ? map.get(name) : null;
    }

    private static @Nullable Object method(Object value, String name) {
        if (value instanceof String text) {
            TextMethod method = TextMethods.NAMED.get(name);
            return method == null ? null : (Callable) (arguments, budget) -> method.of(text, arguments, budget);
        }
        if (value instanceof Map<?, ?> map && name.equals("get")) {
            return (Callable) (arguments, budget) -> {
                Object found = map.get(arguments.get(0, "key"));
                return found == null ? arguments.or(1, "default", None.NONE) : found;
            };
        }
        if (value instanceof Map<?, ?> map && OF_MAPS.containsKey(name)) {
            return (Callable) (arguments, budget) -> {
                budget.spend(map.size());
                return OF_MAPS.get(name).apply(map);
            };
        }
        if (value instanceof List<?> list && (name.equals("index") || name.equals("count"))) {
            return (Callable)
                    (arguments, budget) -> found(list, arguments.get(0, "value"), name.equals("count"), budget);
        }
        if ((value instanceof List || value instanceof Map) && CHANGES.contains(name) && !hasKey(value, name)) {
            throw new TemplateException(
                    "." + name + " changes " + Spelling.type(value) + ", and a template may change none");
        }
        return null;
    }

    private static boolean hasKey(Object value, String name) {
        return value instanceof Map<?, ?> map && map.containsKey(name);
    }

    private static Object found(List<?> list, Object value, boolean counts, Budget budget) {
        long count = 0;
        for (int i = 0; i < list.size(); i++) {
            if (Truth.equal(list.get(i), value, budget)) {
                if (!counts) {
                    return (long) i;
                }
                count++;
            }
        }
        if (!counts) {
            throw new TemplateException("the list has no such element");
        }
        return count;
    }

    /** Keys with their values, two by two. */
    public static List<Object> entries(Map<?, ?> map) {
        var entries = new ArrayList<Object>();
        map.forEach((key, value) -> entries.add(new Tuple(List.of(key, value))));
        return entries;
    }

    /** {@code value[from:to:step]}; null for what is left out. */
    public static Object slice(
            Object value, @Nullable Long from, @Nullable Long to, @Nullable Long step, Budget budget) {
        long stride = step == null ? 1 : step;
        if (stride == 0) {
            throw new TemplateException("a slice with steps of 0 has no end");
        }
        if (!(value instanceof String) && !(value instanceof List)) {
            throw new TemplateException(Spelling.type(value) + " has no parts");
        }
        long length = Truth.length(value);
        budget.spend(length);
        long least = stride > 0 ? 0 : -1;
        long most = stride > 0 ? length : length - 1;
        long begin = from == null ? (stride > 0 ? least : most) : bounded(from, length, least, most);
        long end = to == null ? (stride > 0 ? most : least) : bounded(to, length, least, most);
        List<Object> all = Truth.elements(value);
        var part = new ArrayList<Object>();
        for (long at = begin; stride > 0 ? at < end : at > end; at += stride) {
            part.add(all.get((int) at));
        }
        if (value instanceof List) {
            return value instanceof Tuple ? new Tuple(part) : part;
        }
        var text = new StringBuilder();
        part.forEach(text::append);
        return text.toString();
    }

    private static long bounded(long place, long length, long least, long most) {
        return Math.max(least, Math.min(most, place < 0 ? place + length : place));
    }
}
