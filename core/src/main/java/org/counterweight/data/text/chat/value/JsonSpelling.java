package org.counterweight.data.text.chat.value;

import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Values as JSON in the form that transformers' {@code tojson} writes: Python's {@code json.dumps} with letters beyond ASCII
 * as they are. A model has learnt from texts with its blanks.
 *
 * @param indent what stands before an element for each level, or null for one line
 * @param comma between elements
 * @param colon between key and value
 * @param ascii whether letters beyond ASCII are escaped
 * @param sorted whether keys are put in order
 */
public record JsonSpelling(@Nullable String indent, String comma, String colon, boolean ascii, boolean sorted) {
    /** The JSON text of a value. */
    public String of(Object value, Budget budget) {
        var out = new StringBuilder();
        write(value, 0, out, budget);
        return budget.made(out.toString());
    }

    private void write(Object value, int depth, StringBuilder out, Budget budget) {
        budget.step();
        if (indent != null) {
            budget.spend((long) indent.length() * depth);
        }
        if (value instanceof String text) {
            quote(text, out);
        } else if (value instanceof List<?> list) {
            if (list.isEmpty()) {
                out.append("[]");
                return;
            }
            out.append('[');
            for (Iterator<?> element = list.iterator(); element.hasNext(); ) {
                newLine(depth + 1, out);
                write(element.next(), depth + 1, out, budget);
                out.append(element.hasNext() ? comma : "");
            }
            newLine(depth, out);
            out.append(']');
        } else if (value instanceof Map<?, ?> map) {
            write(map, depth, out, budget);
        } else {
            out.append(plain(value));
        }
    }

    private void write(Map<?, ?> map, int depth, StringBuilder out, Budget budget) {
        if (map.isEmpty()) {
            out.append("{}");
            return;
        }
        Map<?, ?> ordered = sorted ? new TreeMap<>(map) : map;
        out.append('{');
        for (Iterator<? extends Map.Entry<?, ?>> entries = ordered.entrySet().iterator(); entries.hasNext(); ) {
            Map.Entry<?, ?> entry = entries.next();
            newLine(depth + 1, out);
            quote(entry.getKey() instanceof String text ? text : plain(entry.getKey()), out);
            out.append(colon);
            write(entry.getValue(), depth + 1, out, budget);
            out.append(entries.hasNext() ? comma : "");
        }
        newLine(depth, out);
        out.append('}');
    }

    private void newLine(int depth, StringBuilder out) {
        if (indent != null) {
            out.append('\n').append(indent.repeat(depth));
        }
    }

    private static String plain(Object value) {
        if (value instanceof Boolean || value instanceof Long) {
            return value.toString();
        }
        if (value instanceof Double number) {
            return Double.isNaN(number)
                    ? "NaN"
                    : Double.isInfinite(number) ? (number > 0 ? "Infinity" : "-Infinity") : Spelling.number(number);
        }
        if (value == None.NONE) {
            return "null";
        }
        throw new TemplateException(Spelling.type(value) + " cannot be written as JSON");
    }

    private void quote(String text, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char letter = text.charAt(i);
            switch (letter) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\f' -> out.append("\\f");
                case '\b' -> out.append("\\b");
                default -> {
                    if (letter < 0x20 || (ascii && letter > 0x7e)) {
                        out.append(String.format(Locale.ROOT, "\\u%04x", (int) letter));
                    } else {
                        out.append(letter);
                    }
                }
            }
        }
        out.append('"');
    }
}
