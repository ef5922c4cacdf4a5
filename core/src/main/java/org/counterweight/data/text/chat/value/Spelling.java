package org.counterweight.data.text.chat.value;

import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Values as Python spells them: {@code str()} and {@code repr()}. */
public final class Spelling {
    private Spelling() {}

    /** {@code str(value)}; what is not defined is empty, as Jinja has it. */
    public static String of(Object value, Budget budget) {
        if (value instanceof String text) {
            return text;
        }
        return value instanceof Undefined ? "" : spelt(value, budget);
    }

    private static String spelt(Object value, Budget budget) {
        budget.step();
        if (value instanceof Boolean bool) {
            return bool ? "True" : "False";
        }
        if (value instanceof Double number) {
            return number(number);
        }
        if (value instanceof Long) {
            return value.toString();
        }
        if (value instanceof String text) {
            return budget.made(quoted(text));
        }
        if (value instanceof Tuple tuple) {
            return budget.made(tuple.stream()
                    .map(element -> spelt(element, budget))
                    .collect(Collectors.joining(", ", "(", tuple.size() == 1 ? ",)" : ")")));
        }
        if (value instanceof List<?> list) {
            return budget.made(
                    list.stream().map(element -> spelt(element, budget)).collect(Collectors.joining(", ", "[", "]")));
        }
        if (value instanceof Map<?, ?> map) {
            return budget.made(map.entrySet().stream()
                    .map(entry -> spelt(entry.getKey(), budget) + ": " + spelt(entry.getValue(), budget))
                    .collect(Collectors.joining(", ", "{", "}")));
        }
        if (value instanceof Undefined) {
            return "Undefined";
        }
        if (value == None.NONE) {
            return "None";
        }
        return "<" + type(value) + ">";
    }

    /** {@code repr()} of a text: in single quotes, unless it has these and no double ones. */
    private static String quoted(String text) {
        char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
        var out = new StringBuilder().append(quote);
        text.codePoints().forEach(letter -> {
            switch (letter) {
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\\' -> out.append("\\\\");
                default -> {
                    if (letter == quote) {
                        out.append('\\').appendCodePoint(letter);
                    } else if (isPrintable(letter)) {
                        out.appendCodePoint(letter);
                    } else {
                        String form = letter < 0x100 ? "\\x%02x" : letter < 0x10000 ? "\\u%04x" : "\\U%08x";
                        out.append(String.format(Locale.ROOT, form, letter));
                    }
                }
            }
        });
        return out.append(quote).toString();
    }

    private static boolean isPrintable(int letter) {
        return switch (Character.getType(letter)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            case Character.SPACE_SEPARATOR -> letter == ' ';
            default -> true;
        };
    }

    /** The shortest digits that mean this number, with an exponent where Python writes one. */
    static String number(double value) {
        if (!Double.isFinite(value)) {
            return Double.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
        }
        if (value == 0) {
            return 1 / value < 0 ? "-0.0" : "0.0";
        }
        BigDecimal digits = new BigDecimal(Double.toString(value)).stripTrailingZeros();
        int exponent = digits.precision() - digits.scale() - 1;
        if (exponent >= -4 && exponent < 16) {
            String plain = digits.toPlainString();
            return plain.indexOf('.') < 0 ? plain + ".0" : plain;
        }
        String all = digits.unscaledValue().abs().toString();
        String mantissa = all.length() == 1 ? all : all.charAt(0) + "." + all.substring(1);
        return (value < 0 ? "-" : "") + mantissa + String.format(Locale.ROOT, "e%+03d", exponent);
    }

    /** What kind of value it is, for messages. */
    public static String type(Object value) {
        if (value instanceof Boolean) {
            return "a truth value";
        }
        if (value instanceof Number) {
            return "a number";
        }
        if (value instanceof String) {
            return "a text";
        }
        if (value instanceof List) {
            return "a list";
        }
        if (value instanceof Map) {
            return "a map";
        }
        if (value instanceof Undefined undefined) {
            return undefined.name() + ", which is not defined";
        }
        if (value == None.NONE) {
            return "none";
        }
        return value instanceof Fields ? "a namespace" : "a function";
    }
}
