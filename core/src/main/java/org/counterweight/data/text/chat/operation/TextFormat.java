package org.counterweight.data.text.chat.operation;

import java.util.Iterator;
import java.util.List;
import org.counterweight.data.text.chat.value.Budget;
import org.counterweight.data.text.chat.value.Spelling;
import org.counterweight.data.text.chat.value.TemplateException;

/** Python's {@code "…%s…" % values}, of which templates use {@code %s}, {@code %d} and {@code %%}. */
final class TextFormat {
    private TextFormat() {}

    static String filled(String form, List<?> values, Budget budget) {
        var out = new StringBuilder();
        Iterator<?> value = values.iterator();
        for (int at = 0; at < form.length(); at++) {
            char letter = form.charAt(at);
            if (letter != '%') {
                out.append(letter);
                continue;
            }
            char kind = ++at < form.length() ? form.charAt(at) : ' ';
            if (kind == '%') {
                out.append('%');
            } else if (kind != 's' && kind != 'd') {
                throw new TemplateException("of % in a text %s, %d and %% are known, and not %" + kind);
            } else if (!value.hasNext()) {
                throw new TemplateException("the text \"" + form + "\" has more % than there are values");
            } else {
                out.append(budget.made(Spelling.of(value.next(), budget)));
            }
        }
        if (value.hasNext()) {
            throw new TemplateException("the text \"" + form + "\" has fewer % than there are values");
        }
        return out.toString();
    }
}
