package org.counterweight.data.text.chat.operation;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.function.UnaryOperator;
import org.counterweight.data.text.chat.value.Budget;
import org.counterweight.data.text.chat.value.None;
import org.counterweight.data.text.chat.value.Spelling;
import org.counterweight.data.text.chat.value.TemplateException;
import org.counterweight.data.text.chat.value.Truth;
import org.jspecify.annotations.Nullable;

/** The methods of Python's texts that chat templates use. */
public final class TextMethods {
    static final Map<String, TextMethod> NAMED = named();

    private TextMethods() {}

    private static Map<String, TextMethod> named() {
        var methods = new HashMap<String, TextMethod>();
        methods.put("strip", (text, arguments, budget) -> stripped(text, letters(arguments), true, true));
        methods.put("lstrip", (text, arguments, budget) -> stripped(text, letters(arguments), true, false));
        methods.put("rstrip", (text, arguments, budget) -> stripped(text, letters(arguments), false, true));
        methods.put("upper", changing(text -> text.toUpperCase(Locale.ROOT)));
        methods.put("lower", changing(text -> text.toLowerCase(Locale.ROOT)));
        methods.put("title", changing(TextMethods::titled));
        methods.put("capitalize", changing(TextMethods::capitalized));
        methods.put("startswith", (text, arguments, budget) -> any(arguments, text::startsWith));
        methods.put("endswith", (text, arguments, budget) -> any(arguments, text::endsWith));
        methods.put("removeprefix", (text, arguments, budget) -> {
            String prefix = arguments.text(0, "prefix");
            return text.startsWith(prefix) ? text.substring(prefix.length()) : text;
        });
        methods.put("removesuffix", (text, arguments, budget) -> {
            String suffix = arguments.text(0, "suffix");
            return text.endsWith(suffix) ? text.substring(0, text.length() - suffix.length()) : text;
        });
        methods.put(
                "replace",
                (text, arguments, budget) -> replaced(
                        text,
                        arguments.text(0, "old"),
                        arguments.text(1, "new"),
                        arguments.number(2, "count", -1),
                        budget));
        methods.put("split", (text, arguments, budget) -> split(text, arguments, false, budget));
        methods.put("rsplit", (text, arguments, budget) -> split(text, arguments, true, budget));
        methods.put("splitlines", (text, arguments, budget) -> lines(text, budget));
        methods.put("find", (text, arguments, budget) -> place(text, text.indexOf(arguments.text(0, "sub"))));
        methods.put("rfind", (text, arguments, budget) -> place(text, text.lastIndexOf(arguments.text(0, "sub"))));
        methods.put("count", (text, arguments, budget) -> count(text, arguments.text(0, "sub")));
        methods.put(
                "join",
                (text, arguments, budget) -> joined(text, Truth.elements(arguments.get(0, "iterable")), budget));
        methods.put("isdigit", being(Character::isDigit));
        methods.put("isalpha", being(Character::isLetter));
        methods.put("isalnum", being(Character::isLetterOrDigit));
        methods.put("isspace", being(TextMethods::isBlank));
        methods.put(
                "isupper",
                (text, arguments, budget) ->
                        text.equals(text.toUpperCase(Locale.ROOT)) && !text.equals(text.toLowerCase(Locale.ROOT)));
        methods.put(
                "islower",
                (text, arguments, budget) ->
                        text.equals(text.toLowerCase(Locale.ROOT)) && !text.equals(text.toUpperCase(Locale.ROOT)));
        return Collections.unmodifiableMap(methods);
    }

    private static TextMethod changing(UnaryOperator<String> change) {
        return (text, arguments, budget) -> {
            budget.spend(text.length());
            return change.apply(text);
        };
    }

    private static TextMethod being(IntPredicate kind) {
        return (text, arguments, budget) -> !text.isEmpty() && text.codePoints().allMatch(kind);
    }

    private static @Nullable String letters(Arguments arguments) {
        Object letters = arguments.or(0, "chars", None.NONE);
        return letters == None.NONE ? null : arguments.text(0, "chars");
    }

    /** Without blanks, or without these letters, at its ends. */
    public static String stripped(String text, @Nullable String letters, boolean left, boolean right) {
        IntPredicate goes = letters == null ? TextMethods::isBlank : letter -> letters.indexOf(letter) >= 0;
        int from = 0;
        int to = text.length();
        while (left && from < to && goes.test(text.codePointAt(from))) {
            from += Character.charCount(text.codePointAt(from));
        }
        while (right && from < to && goes.test(text.codePointBefore(to))) {
            to -= Character.charCount(text.codePointBefore(to));
        }
        return text.substring(from, to);
    }

    /** What Python calls white space: Java's with the blanks that do not break. */
    public static boolean isBlank(int letter) {
        return Character.isWhitespace(letter)
                || letter == 0x85
                || letter == 0xa0
                || letter == 0x2007
                || letter == 0x202f;
    }

    /** Each word with a great first letter. */
    public static String titled(String text) {
        var out = new StringBuilder();
        boolean inWord = false;
        for (int letter : text.codePoints().toArray()) {
            out.appendCodePoint(inWord ? Character.toLowerCase(letter) : Character.toTitleCase(letter));
            inWord = Character.isLetter(letter);
        }
        return out.toString();
    }

    /** A great first letter, small ones behind it. */
    public static String capitalized(String text) {
        if (text.isEmpty()) {
            return text;
        }
        int first = text.codePointAt(0);
        return Character.toString(Character.toTitleCase(first))
                + text.substring(Character.charCount(first)).toLowerCase(Locale.ROOT);
    }

    private static boolean any(Arguments arguments, java.util.function.Predicate<String> holds) {
        Object given = arguments.get(0, "prefix");
        return given instanceof List<?> several
                ? several.stream().anyMatch(each -> each instanceof String text && holds.test(text))
                : holds.test(arguments.text(0, "prefix"));
    }

    /** With {@code now} in place of {@code old}, at most {@code most} times; without end where that is negative. */
    public static String replaced(String text, String old, String now, long most, Budget budget) {
        long times = Math.min(most < 0 ? Long.MAX_VALUE : most, count(text, old));
        budget.spend(text.length() + times * Math.max(0, now.length() - old.length()));
        if (times == 0) {
            return text;
        }
        var out = new StringBuilder();
        int from = 0;
        for (long i = 0; i < times; i++) {
            int at = old.isEmpty()
                    ? (i == 0 ? 0 : from + Character.charCount(text.codePointAt(from)))
                    : text.indexOf(old, from);
            out.append(text, from, at).append(now);
            from = at + old.length();
        }
        return out.append(text, from, text.length()).toString();
    }

    private static long count(String text, String part) {
        if (part.isEmpty()) {
            return Truth.length(text) + 1;
        }
        long count = 0;
        for (int at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length())) {
            count++;
        }
        return count;
    }

    private static long place(String text, int at) {
        return at < 0 ? -1 : text.codePointCount(0, at);
    }

    private static List<Object> split(String text, Arguments arguments, boolean fromRight, Budget budget) {
        budget.spend(text.length());
        long most = arguments.number(1, "maxsplit", -1);
        Object separator = arguments.or(0, "sep", None.NONE);
        String at = separator == None.NONE ? null : arguments.text(0, "sep");
        if (at != null && at.isEmpty()) {
            throw new TemplateException("a text cannot be split at nothing");
        }
        String whole = at == null ? stripped(text, null, true, true) : text;
        var parts = new ArrayList<Object>();
        if (at == null && whole.isEmpty()) {
            return parts;
        }
        int from = 0;
        int to = whole.length();
        while (most < 0 || parts.size() < most) {
            int[] gap = gap(whole, at, fromRight, from, to);
            if (gap[0] < from || gap[1] > to) {
                break;
            }
            parts.add(fromRight ? whole.substring(gap[1], to) : whole.substring(from, gap[0]));
            from = fromRight ? from : gap[1];
            to = fromRight ? gap[0] : to;
        }
        parts.add(whole.substring(from, to));
        if (fromRight) {
            Collections.reverse(parts);
        }
        return parts;
    }

    /** Where the first, or last, separator between two places begins and ends; blanks, if it is null. */
    private static int[] gap(String text, @Nullable String separator, boolean last, int from, int to) {
        if (separator != null) {
            int at = last ? text.lastIndexOf(separator, to - separator.length()) : text.indexOf(separator, from);
            return new int[] {at, at + separator.length()};
        }
        int step = last ? -1 : 1;
        int at = last ? to - 1 : from;
        while (at >= from && at < to && !isBlank(text.charAt(at))) {
            at += step;
        }
        int end = at;
        while (end >= from && end < to && isBlank(text.charAt(end))) {
            end += step;
        }
        return at < from || at >= to ? new int[] {-1, -1} : last ? new int[] {end + 1, at + 1} : new int[] {at, end};
    }

    private static List<Object> lines(String text, Budget budget) {
        budget.spend(text.length());
        return new ArrayList<>(text.lines().toList());
    }

    /** The texts with this one between them. */
    public static String joined(String between, List<Object> parts, Budget budget) {
        var out = new StringBuilder();
        for (int i = 0; i < parts.size(); i++) {
            String part = Spelling.of(parts.get(i), budget);
            budget.spend((long) part.length() + between.length());
            out.append(i == 0 ? "" : between).append(part);
        }
        return out.toString();
    }
}
