package org.counterweight.data.text.chat.filter;

import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import org.counterweight.data.text.chat.value.TemplateException;

/** Dates in the form that C's {@code strftime} names, in English. */
final class Strftime {
    private static final Map<Character, String> PATTERNS = Map.ofEntries(
            Map.entry('Y', "yyyy"),
            Map.entry('y', "yy"),
            Map.entry('m', "MM"),
            Map.entry('B', "MMMM"),
            Map.entry('b', "MMM"),
            Map.entry('h', "MMM"),
            Map.entry('d', "dd"),
            Map.entry('j', "DDD"),
            Map.entry('A', "EEEE"),
            Map.entry('a', "EEE"),
            Map.entry('H', "HH"),
            Map.entry('I', "hh"),
            Map.entry('M', "mm"),
            Map.entry('S', "ss"),
            Map.entry('p', "a"),
            Map.entry('F', "yyyy-MM-dd"),
            Map.entry('T', "HH:mm:ss"),
            Map.entry('D', "MM/dd/yy"));

    private Strftime() {}

    static String of(String form, LocalDateTime time) {
        var out = new StringBuilder();
        for (int at = 0; at < form.length(); at++) {
            char letter = form.charAt(at);
            if (letter != '%' || at + 1 == form.length()) {
                out.append(letter);
                continue;
            }
            boolean unpadded = form.charAt(at + 1) == '-' && at + 2 < form.length();
            at += unpadded ? 2 : 1;
            char kind = form.charAt(at);
            String pattern = PATTERNS.get(kind);
            if (kind == '%') {
                out.append('%');
            } else if (pattern == null) {
                throw new TemplateException(
                        "of dates %" + kind + " is not known; %Y, %m, %d, %B, %H, %M and the like are");
            } else {
                String told = DateTimeFormatter.ofPattern(pattern, Locale.US).format(time);
                out.append(unpadded ? told.replaceFirst("^0+(?=.)", "") : told);
            }
        }
        return out.toString();
    }
}
