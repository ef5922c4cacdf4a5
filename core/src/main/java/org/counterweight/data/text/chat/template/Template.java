package org.counterweight.data.text.chat.template;

import java.time.LocalDateTime;
import java.util.HashMap;
import java.util.Map;
import org.counterweight.data.text.chat.filter.Functions;
import org.counterweight.data.text.chat.template.Statement.Body;
import org.counterweight.data.text.chat.token.Pieces;
import org.counterweight.data.text.chat.value.Budget;
import org.counterweight.data.text.chat.value.TemplateException;

/**
 * A template in Jinja's language as transformers reads it ({@code trim_blocks}, {@code lstrip_blocks}, {@code loopcontrols},
 * {@code generation}), to be filled in with values. It changes nothing but its own names, sees nothing but what it is given,
 * and is stopped where it takes too long. Immutable and thread-safe.
 */
public final class Template {
    private static final int LONGEST = 1 << 20;

    private final Body body;

    private Template(Body body) {
        this.body = body;
    }

    /**
     * Reads a template.
     *
     * @throws TemplateException if it is none; the message has the line
     */
    public static Template of(String source) {
        if (source.length() > LONGEST) {
            throw new TemplateException("has " + source.length() + " letters; at most " + LONGEST + " are read");
        }
        try {
            return new Template(StatementParser.read(Pieces.of(source)));
        } catch (StackOverflowError e) { // nothing is held open while a template is read or filled in
            throw new TemplateException("brackets or statements nest too deep");
        }
    }

    /**
     * The text with these values in it.
     *
     * @param values by name: texts, numbers, lists and maps as
     *     {@link org.counterweight.data.text.chat.value} says; nothing in them is null
     * @param now what the template takes for the present
     * @throws TemplateException if the template refuses the values, or goes on for too long; the message has the line
     */
    public String text(Map<String, Object> values, LocalDateTime now, Budget budget) {
        var all = new HashMap<>(Functions.named(now));
        all.putAll(values);
        try {
            return body.text(Names.of(all, budget));
        } catch (StackOverflowError e) {
            throw new TemplateException("expressions nest too deep");
        }
    }
}
