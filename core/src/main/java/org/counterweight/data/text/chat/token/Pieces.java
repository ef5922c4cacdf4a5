package org.counterweight.data.text.chat.token;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.counterweight.data.text.chat.operation.TextMethods;
import org.counterweight.data.text.chat.value.TemplateException;

/**
 * Cuts a template into {@link Piece}s, with the blanks that Jinja takes away where {@code trim_blocks} and
 * {@code lstrip_blocks} are set, as transformers sets them: the end of the line behind a statement or comment, and the
 * blanks before one that begins its line.
 */
public final class Pieces {
    private static final Pattern RAW = Pattern.compile("\\{%([-+]?)\\s*raw\\s*(-?)%\\}");
    private static final Pattern END_OF_RAW = Pattern.compile("\\{%([-+]?)\\s*endraw\\s*([-+]?)%\\}");

    private final String source;
    private final List<Piece> pieces = new ArrayList<>();
    private int at;
    private int line = 1;
    private boolean beginsLine = true;

    private Pieces(String source) {
        this.source = source;
    }

    /**
     * The pieces of a template.
     *
     * @throws TemplateException if one does not end; the message has its line
     */
    public static List<Piece> of(String template) {
        String source = template.replace("\r\n", "\n").replace('\r', '\n');
        if (source.endsWith("\n")) {
            source = source.substring(0, source.length() - 1); // Jinja leaves the last end of line out
        }
        var pieces = new Pieces(source);
        pieces.cut();
        return pieces.pieces;
    }

    private void cut() {
        while (at < source.length()) {
            int open = next();
            if (open < 0) {
                text(source.substring(at));
                return;
            }
            char kind = source.charAt(open + 1);
            char sign = open + 2 < source.length() ? source.charAt(open + 2) : ' ';
            plain(open, kind, sign);
            Matcher raw = RAW.matcher(source).region(open, source.length());
            if (kind == '%' && raw.lookingAt()) {
                raw(raw);
            } else if (kind == '#') {
                comment(open);
            } else {
                code(open, kind, sign);
            }
        }
    }

    /** Where the next piece that is not text begins, or −1. */
    private int next() {
        for (int open = source.indexOf('{', at); open >= 0; open = source.indexOf('{', open + 1)) {
            if (open + 1 < source.length() && "{%#".indexOf(source.charAt(open + 1)) >= 0) {
                return open;
            }
        }
        return -1;
    }

    /** The text before a piece, without the blanks that this takes away. */
    private void plain(int open, char kind, char sign) {
        String text = source.substring(at, open);
        if (sign == '-') {
            text(TextMethods.stripped(text, null, false, true));
        } else {
            int start = text.lastIndexOf('\n') + 1;
            boolean alone = kind != '{'
                    && sign != '+'
                    && (start > 0 || beginsLine)
                    && text.substring(start).codePoints().allMatch(TextMethods::isBlank);
            text(alone ? text.substring(0, start) : text);
        }
        line += (int) text.chars().filter(letter -> letter == '\n').count();
    }

    private void text(String text) {
        if (!text.isEmpty()) {
            pieces.add(new Piece.Plain(text, line));
        }
    }

    private void raw(Matcher begin) {
        Matcher end = END_OF_RAW.matcher(source);
        if (!end.find(begin.end())) {
            throw new TemplateException("{% raw %} has no {% endraw %}").at(line);
        }
        int from = begin.group(2).isEmpty() ? begin.end() : afterBlanks(begin.end());
        at = Math.min(from, end.start());
        beginsLine = false;
        plain(end.start(), '%', end.group(1).isEmpty() ? ' ' : end.group(1).charAt(0));
        close(end.end(), end.group(2));
    }

    private void comment(int open) {
        int end = source.indexOf("#}", open + 2);
        if (end < 0) {
            throw new TemplateException("a comment has no #}").at(line);
        }
        count(open, end);
        close(
                end + 2,
                end > open + 2 && "+-".indexOf(source.charAt(end - 1)) >= 0 ? source.substring(end - 1, end) : "");
    }

    private void code(int open, char kind, char sign) {
        int from = open + 2 + (sign == '-' || sign == '+' ? 1 : 0);
        int end = end(from, kind == '{' ? '}' : '%');
        String last = end > from && (source.charAt(end - 1) == '-' || (kind == '%' && source.charAt(end - 1) == '+'))
                ? source.substring(end - 1, end)
                : "";
        String code = source.substring(from, end - last.length());
        pieces.add(kind == '{' ? new Piece.Shown(code, line) : new Piece.Command(code, line));
        count(open, end);
        if (kind == '%') {
            close(end + 2, last);
        } else {
            at = last.isEmpty() ? end + 2 : afterBlanks(end + 2);
            beginsLine = source.charAt(at - 1) == '\n';
        }
    }

    /** Where the braces close: outside texts, and outside brackets and braces within. */
    private int end(int from, char first) {
        int depth = 0;
        for (int place = from; place < source.length(); place++) {
            char letter = source.charAt(place);
            if (depth == 0 && letter == first && source.startsWith("}", place + 1)) {
                return place;
            }
            if (letter == '\'' || letter == '"') {
                place = endOfText(place);
            } else if (letter == '(' || letter == '[' || letter == '{') {
                depth++;
            } else if (letter == ')' || letter == ']' || letter == '}') {
                depth--;
            }
        }
        throw new TemplateException(first == '}' ? "{{ has no }}" : "{% has no %}").at(line);
    }

    private int endOfText(int open) {
        for (int place = open + 1; place < source.length(); place++) {
            if (source.charAt(place) == '\\') {
                place++;
            } else if (source.charAt(place) == source.charAt(open)) {
                return place;
            }
        }
        throw new TemplateException("a text has no closing " + source.charAt(open)).at(line);
    }

    /** Goes on behind a statement or comment: behind all blanks, behind the end of the line, or at once. */
    private void close(int end, String sign) {
        at = end;
        if (sign.equals("-")) {
            at = afterBlanks(end);
        } else if (sign.isEmpty() && source.startsWith("\n", end)) {
            at = end + 1;
        }
        count(end, at);
        beginsLine = source.charAt(at - 1) == '\n';
    }

    private int afterBlanks(int from) {
        int place = from;
        while (place < source.length() && TextMethods.isBlank(source.codePointAt(place))) {
            place += Character.charCount(source.codePointAt(place));
        }
        return place;
    }

    private void count(int from, int to) {
        line += (int) source.substring(from, to)
                .chars()
                .filter(letter -> letter == '\n')
                .count();
    }
}
