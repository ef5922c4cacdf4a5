package org.counterweight.data.text.chat.value;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** Python's truth, equality, order and membership. */
public final class Truth {
    private Truth() {}

    /** Whether a value counts as true: nothing, zero and what is empty do not. */
    public static boolean of(Object value) {
        if (value instanceof Boolean bool) {
            return bool;
        }
        if (value instanceof Number number) {
            return number.doubleValue() != 0;
        }
        if (value instanceof String text) {
            return !text.isEmpty();
        }
        if (value instanceof List<?> list) {
            return !list.isEmpty();
        }
        if (value instanceof Map<?, ?> map) {
            return !map.isEmpty();
        }
        return value != None.NONE && !(value instanceof Undefined);
    }

    /** Numbers by value, true as 1; lists and maps element by element. */
    public static boolean equal(Object a, Object b, Budget budget) {
        budget.step();
        if (isNumber(a) && isNumber(b)) {
            return order(number(a), number(b)) == 0;
        }
        if (a instanceof List<?> some && b instanceof List<?> others) {
            Iterator<?> other = others.iterator();
            return some.size() == others.size()
                    && some.stream().allMatch(element -> equal(element, other.next(), budget));
        }
        if (a instanceof Map<?, ?> some && b instanceof Map<?, ?> others) {
            return some.size() == others.size()
                    && some.entrySet().stream().allMatch(entry -> {
                        Object other = others.get(entry.getKey());
                        return other != null && equal(entry.getValue(), other, budget);
                    });
        }
        if (a instanceof Undefined || b instanceof Undefined) {
            return a instanceof Undefined && b instanceof Undefined;
        }
        return a.equals(b);
    }

    /** Below 0, 0 or above 0; numbers, texts and lists have an order. */
    public static int compare(Object a, Object b, Budget budget) {
        budget.step();
        if (isNumber(a) && isNumber(b)) {
            return order(number(a), number(b));
        }
        if (a instanceof String text && b instanceof String other) {
            return compare(text, other);
        }
        if (a instanceof List<?> some && b instanceof List<?> others) {
            for (int i = 0; i < Math.min(some.size(), others.size()); i++) {
                if (!equal(some.get(i), others.get(i), budget)) {
                    return compare(some.get(i), others.get(i), budget);
                }
            }
            return Integer.compare(some.size(), others.size());
        }
        throw new TemplateException("there is no order between " + Spelling.type(a) + " and " + Spelling.type(b));
    }

    /** By code points, as Python does: Java's own order sees surrogates. */
    private static int compare(String a, String b) {
        for (int i = 0; i < Math.min(a.length(), b.length()); i++) {
            if (a.charAt(i) != b.charAt(i)) {
                return Integer.compare(a.codePointAt(i), b.codePointAt(i));
            }
        }
        return Integer.compare(a.length(), b.length());
    }

    /** Whether {@code container} has {@code element}: a text another, a map a key, a list an element. */
    public static boolean contains(Object container, Object element, Budget budget) {
        if (container instanceof String text) {
            if (!(element instanceof String part)) {
                throw new TemplateException("a text has texts in it, not " + Spelling.type(element));
            }
            budget.spend(text.length());
            return text.contains(part);
        }
        if (container instanceof Map<?, ?> map) {
            return map.containsKey(element);
        }
        return elements(container).stream().anyMatch(each -> equal(each, element, budget));
    }

    /** What a loop goes over: elements, keys, letters; a list of the caller's own. */
    public static List<Object> elements(Object value) {
        if (value instanceof List<?> list) {
            return new ArrayList<>(list);
        }
        if (value instanceof Map<?, ?> map) {
            return new ArrayList<>(map.keySet());
        }
        if (value instanceof String text) {
            var letters = new ArrayList<Object>();
            text.codePoints().forEach(letter -> letters.add(Character.toString(letter)));
            return letters;
        }
        if (value instanceof Undefined) {
            return new ArrayList<>();
        }
        throw new TemplateException(Spelling.type(value) + " has no elements");
    }

    /** How many elements or letters there are. */
    public static long length(Object value) {
        if (value instanceof String text) {
            return text.codePointCount(0, text.length());
        }
        if (value instanceof List<?> list) {
            return list.size();
        }
        if (value instanceof Map<?, ?> map) {
            return map.size();
        }
        if (value instanceof Undefined) {
            return 0;
        }
        throw new TemplateException(Spelling.type(value) + " has no length");
    }

    /** Whether it is a number, or counts as one. */
    public static boolean isNumber(Object value) {
        return value instanceof Number || value instanceof Boolean;
    }

    /** A number, or a truth as 1 or 0. */
    public static Number number(Object value) {
        return value instanceof Boolean bool ? Long.valueOf(bool ? 1 : 0) : (Number) value;
    }

    private static int order(Number a, Number b) {
        return a instanceof Long x && b instanceof Long y
                ? Long.compare(x, y)
                : a.doubleValue() == b.doubleValue() ? 0 : Double.compare(a.doubleValue(), b.doubleValue());
    }
}
