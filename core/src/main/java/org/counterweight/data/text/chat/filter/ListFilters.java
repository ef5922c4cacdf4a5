package org.counterweight.data.text.chat.filter;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.counterweight.data.text.chat.operation.Arguments;
import org.counterweight.data.text.chat.operation.Members;
import org.counterweight.data.text.chat.operation.TextMethods;
import org.counterweight.data.text.chat.value.Budget;
import org.counterweight.data.text.chat.value.Spelling;
import org.counterweight.data.text.chat.value.TemplateException;
import org.counterweight.data.text.chat.value.Truth;
import org.counterweight.data.text.chat.value.Undefined;

/** Filters of lists and maps, and of what may be missing. */
final class ListFilters {
    private ListFilters() {}

    static void addTo(Map<String, Filter> filters) {
        filters.put("default", ListFilters::otherwise);
        filters.put("d", ListFilters::otherwise);
        filters.put("list", (value, arguments, budget) -> spent(Truth.elements(value), budget));
        filters.put("first", (value, arguments, budget) -> at(Truth.elements(value), true));
        filters.put("last", (value, arguments, budget) -> at(Truth.elements(value), false));
        filters.put("join", (value, arguments, budget) -> {
            Object attribute = arguments.find(1, "attribute");
            List<Object> parts = Truth.elements(value);
            if (attribute != null) {
                parts.replaceAll(each -> ChoosingFilters.attribute(each, attribute));
            }
            return TextMethods.joined(Spelling.of(arguments.or(0, "d", ""), budget), parts, budget);
        });
        filters.put("reverse", (value, arguments, budget) -> {
            if (value instanceof String text) {
                return budget.made(new StringBuilder(text).reverse().toString());
            }
            List<Object> reversed = spent(Truth.elements(value), budget);
            Collections.reverse(reversed);
            return reversed;
        });
        filters.put("sort", (value, arguments, budget) -> {
            Object attribute = arguments.find(2, "attribute");
            List<Object> all = spent(Truth.elements(value), budget);
            all.sort(order(
                    arguments.is(0, "reverse", false), arguments.is(1, "case_sensitive", false), attribute, budget));
            return all;
        });
        filters.put("dictsort", (value, arguments, budget) -> {
            List<Object> all = spent(Members.entries(map(value)), budget);
            Object by = "value".equals(arguments.or(1, "by", "key")) ? (Object) 1L : 0L;
            all.sort(order(arguments.is(2, "reverse", false), arguments.is(0, "case_sensitive", false), by, budget));
            return all;
        });
        filters.put(
                "items",
                (value, arguments, budget) ->
                        value instanceof Undefined ? List.of() : spent(Members.entries(map(value)), budget));
        filters.put("unique", ListFilters::unique);
        filters.put("min", (value, arguments, budget) -> extreme(value, arguments, true, budget));
        filters.put("max", (value, arguments, budget) -> extreme(value, arguments, false, budget));
        filters.put("batch", ListFilters::batches);
    }

    private static List<Object> spent(List<Object> elements, Budget budget) {
        budget.spend(elements.size());
        return elements.isEmpty() ? new ArrayList<>() : elements;
    }

    private static Object otherwise(Object value, Arguments arguments, Budget budget) {
        boolean missing = value instanceof Undefined || (arguments.is(1, "boolean", false) && !Truth.of(value));
        return missing ? arguments.or(0, "default_value", "") : value;
    }

    private static Object at(List<Object> elements, boolean first) {
        return elements.isEmpty()
                ? new Undefined(first ? "the first of no elements" : "the last of no elements")
                : elements.get(first ? 0 : elements.size() - 1);
    }

    private static Map<?, ?> map(Object value) {
        if (value instanceof Map<?, ?> map) {
            return map;
        }
        throw new TemplateException(Spelling.type(value) + " has no keys");
    }

    private static Comparator<Object> order(
            boolean reversed, boolean exact, @org.jspecify.annotations.Nullable Object attribute, Budget budget) {
        Comparator<Object> order = (a, b) -> Truth.compare(
                key(attribute == null ? a : ChoosingFilters.attribute(a, attribute), exact),
                key(attribute == null ? b : ChoosingFilters.attribute(b, attribute), exact),
                budget);
        return reversed ? order.reversed() : order;
    }

    private static Object key(Object value, boolean exact) {
        return !exact && value instanceof String text ? text.toLowerCase(Locale.ROOT) : value;
    }

    private static Object unique(Object value, Arguments arguments, Budget budget) {
        boolean exact = arguments.is(0, "case_sensitive", false);
        Object attribute = arguments.find(1, "attribute");
        var keys = new ArrayList<Object>();
        var kept = new ArrayList<Object>();
        for (Object each : Truth.elements(value)) {
            Object key = key(attribute == null ? each : ChoosingFilters.attribute(each, attribute), exact);
            if (keys.stream().noneMatch(known -> Truth.equal(known, key, budget))) {
                keys.add(key);
                kept.add(each);
            }
        }
        return kept;
    }

    private static Object extreme(Object value, Arguments arguments, boolean least, Budget budget) {
        Comparator<Object> order =
                order(!least, arguments.is(0, "case_sensitive", false), arguments.find(1, "attribute"), budget);
        return Truth.elements(value).stream().min(order).orElseGet(() -> new Undefined("the extreme of no elements"));
    }

    private static Object batches(Object value, Arguments arguments, Budget budget) {
        long size = arguments.number(0, "linecount", 0);
        if (size < 1) {
            throw new TemplateException("a batch has at least one element, not " + size);
        }
        List<Object> all = spent(Truth.elements(value), budget);
        var batches = new ArrayList<Object>();
        for (int from = 0; from < all.size(); from += (int) Math.min(size, all.size())) {
            batches.add(new ArrayList<>(all.subList(from, (int) Math.min(all.size(), from + size))));
        }
        return batches;
    }
}
