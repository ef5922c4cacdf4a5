package org.counterweight.data.text.chat.filter;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Map;
import org.counterweight.data.text.chat.operation.Arguments;
import org.counterweight.data.text.chat.operation.Arithmetic;
import org.counterweight.data.text.chat.value.Budget;
import org.counterweight.data.text.chat.value.Spelling;
import org.counterweight.data.text.chat.value.TemplateException;
import org.counterweight.data.text.chat.value.Truth;

/** Filters that give numbers. */
final class NumberFilters {
    private NumberFilters() {}

    static void addTo(Map<String, Filter> filters) {
        filters.put("length", (value, arguments, budget) -> Truth.length(value));
        filters.put("count", (value, arguments, budget) -> Truth.length(value));
        filters.put(
                "wordcount",
                (value, arguments, budget) -> Spelling.of(value, budget)
                        .codePoints()
                        .collect(Words::new, Words::add, (a, b) -> {})
                        .count());
        filters.put("int", (value, arguments, budget) -> {
            Object number = number(value);
            return number == null ? arguments.or(0, "default", 0L) : (Object) ((Number) number).longValue();
        });
        filters.put("float", (value, arguments, budget) -> {
            Object number = number(value);
            return number == null ? arguments.or(0, "default", 0.0) : (Object) ((Number) number).doubleValue();
        });
        filters.put(
                "abs",
                (value, arguments, budget) ->
                        Truth.compare(value, 0L, budget) < 0 ? Arithmetic.negative(value) : value);
        filters.put("round", NumberFilters::rounded);
        filters.put("sum", (value, arguments, budget) -> {
            Object sum = arguments.or(1, "start", 0L);
            Object attribute = arguments.find(0, "attribute");
            for (Object each : Truth.elements(value)) {
                sum = Arithmetic.of("+")
                        .of(sum, attribute == null ? each : ChoosingFilters.attribute(each, attribute), budget);
            }
            return sum;
        });
    }

    /** Counts words letter by letter. */
    private static final class Words {
        private long count;
        private boolean inside;

        void add(int letter) {
            boolean word = Character.isLetterOrDigit(letter) || letter == '_';
            count += word && !inside ? 1 : 0;
            inside = word;
        }

        long count() {
            return count;
        }
    }

    private static @org.jspecify.annotations.Nullable Object number(Object value) {
        if (value instanceof Boolean bool) {
            return bool ? 1L : 0L;
        }
        if (value instanceof Number) {
            return value;
        }
        if (!(value instanceof String text)) {
            return null;
        }
        String digits = text.strip();
        try {
            return digits.matches("[+-]?\\d{1,18}") ? (Object) Long.valueOf(digits) : Double.valueOf(digits);
        } catch (NumberFormatException e) {
            return null; // Jinja has the filter's default then
        }
    }

    private static Object rounded(Object value, Arguments arguments, Budget budget) {
        RoundingMode mode = switch (Spelling.of(arguments.or(1, "method", "common"), budget)) {
            case "common" -> RoundingMode.HALF_EVEN;
            case "ceil" -> RoundingMode.CEILING;
            case "floor" -> RoundingMode.FLOOR;
            default -> throw new TemplateException("a number is rounded by common, ceil or floor");
        };
        long places = arguments.number(0, "precision", 0);
        if (Math.abs(places) > 300) {
            throw new TemplateException("a number has no " + places + " places");
        }
        Object number = number(value);
        if (number == null || value instanceof String) {
            throw new TemplateException(Spelling.type(value) + " cannot be rounded");
        }
        double real = ((Number) number).doubleValue();
        return Double.isFinite(real)
                ? (Object) new BigDecimal(real).setScale((int) places, mode).doubleValue()
                : number;
    }
}
