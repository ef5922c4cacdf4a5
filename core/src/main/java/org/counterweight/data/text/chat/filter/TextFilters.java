package org.counterweight.data.text.chat.filter;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.counterweight.data.text.chat.operation.Arguments;
import org.counterweight.data.text.chat.operation.TextMethods;
import org.counterweight.data.text.chat.value.Budget;
import org.counterweight.data.text.chat.value.JsonSpelling;
import org.counterweight.data.text.chat.value.None;
import org.counterweight.data.text.chat.value.Spelling;
import org.counterweight.data.text.chat.value.TemplateException;
import org.counterweight.data.text.chat.value.Undefined;
import org.jspecify.annotations.Nullable;

/** Filters that give texts. */
final class TextFilters {
    private static final Set<String> JSON_OPTIONS = Set.of("ensure_ascii", "indent", "separators", "sort_keys");

    private TextFilters() {}

    static void addTo(Map<String, Filter> filters) {
        filters.put("string", changing(text -> text));
        filters.put("safe", changing(text -> text)); // nothing is escaped by itself
        filters.put("upper", changing(text -> text.toUpperCase(Locale.ROOT)));
        filters.put("lower", changing(text -> text.toLowerCase(Locale.ROOT)));
        filters.put("title", changing(TextMethods::titled));
        filters.put("capitalize", changing(TextMethods::capitalized));
        filters.put("trim", (value, arguments, budget) -> {
            Object letters = arguments.or(0, "chars", None.NONE);
            return TextMethods.stripped(
                    Spelling.of(value, budget), letters == None.NONE ? null : arguments.text(0, "chars"), true, true);
        });
        filters.put(
                "replace",
                (value, arguments, budget) -> TextMethods.replaced(
                        Spelling.of(value, budget),
                        Spelling.of(arguments.get(0, "old"), budget),
                        Spelling.of(arguments.get(1, "new"), budget),
                        arguments.or(2, "count", None.NONE) == None.NONE ? -1 : arguments.number(2, "count", -1),
                        budget));
        filters.put("indent", TextFilters::indented);
        filters.put("escape", TextFilters::escaped);
        filters.put("e", TextFilters::escaped);
        filters.put("tojson", TextFilters::json);
    }

    private static Filter changing(UnaryOperator<String> change) {
        return (value, arguments, budget) -> budget.made(change.apply(Spelling.of(value, budget)));
    }

    private static Object indented(Object value, Arguments arguments, Budget budget) {
        String text = Spelling.of(value, budget);
        String before = blanks(arguments.or(0, "width", 4L), budget);
        boolean first = arguments.is(1, "first", false);
        boolean empty = arguments.is(2, "blank", false);
        String[] lines = text.split("\n", -1);
        budget.spend(text.length() + (long) lines.length * before.length());
        var out = new StringBuilder();
        for (int i = 0; i < lines.length; i++) {
            boolean moved = i == 0 ? first : empty || !lines[i].isEmpty();
            out.append(i == 0 ? "" : "\n").append(moved ? before : "").append(lines[i]);
        }
        return out.toString();
    }

    private static String blanks(Object width, Budget budget) {
        if (width instanceof String text) {
            return text;
        }
        if (!(width instanceof Long count)) {
            throw new TemplateException("an indentation is a number or a text, not " + Spelling.type(width));
        }
        budget.spend(Math.max(0, count));
        return " ".repeat((int) Math.max(0, count));
    }

    private static Object escaped(Object value, Arguments arguments, Budget budget) {
        String text = Spelling.of(value, budget);
        budget.spend(5L * text.length());
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("'", "&#39;")
                .replace("\"", "&#34;");
    }

    private static Object json(Object value, Arguments arguments, Budget budget) {
        arguments.atMost(4, JSON_OPTIONS);
        if (value instanceof Undefined undefined) {
            throw undefined.refused();
        }
        Object width = arguments.or(1, "indent", None.NONE);
        @Nullable String indent = width == None.NONE ? null : blanks(width, budget);
        String comma = indent == null ? ", " : ",";
        String colon = ": ";
        if (arguments.or(2, "separators", None.NONE) instanceof java.util.List<?> two) {
            if (two.size() != 2) {
                throw new TemplateException("separators are two texts, not " + two.size());
            }
            comma = Spelling.of(two.get(0), budget);
            colon = Spelling.of(two.get(1), budget);
        }
        return new JsonSpelling(
                        indent,
                        comma,
                        colon,
                        arguments.is(0, "ensure_ascii", false),
                        arguments.is(3, "sort_keys", false))
                .of(value, budget);
    }
}
