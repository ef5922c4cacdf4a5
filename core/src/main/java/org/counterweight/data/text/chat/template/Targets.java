package org.counterweight.data.text.chat.template;

import java.util.ArrayList;
import java.util.List;
import org.counterweight.data.text.chat.token.Tokens;
import org.counterweight.data.text.chat.value.Namespace;
import org.counterweight.data.text.chat.value.Spelling;
import org.counterweight.data.text.chat.value.TemplateException;
import org.counterweight.data.text.chat.value.Truth;

/**
 * The names that values are given to.
 *
 * @param names with a dot where a namespace's is meant; several take a value apart
 */
record Targets(List<String> names) {
    /** Reads {@code a}, {@code a, b}, {@code (a, b)} or {@code space.a}. */
    static Targets of(Tokens tokens) {
        boolean bracketed = tokens.skip("(");
        var names = new ArrayList<String>();
        do {
            String name = tokens.name();
            names.add(tokens.skip(".") ? name + "." + tokens.name() : name);
        } while (tokens.skip(","));
        if (bracketed) {
            tokens.expect(")");
        }
        return new Targets(names);
    }

    void give(Object value, Names into) {
        if (names.size() == 1) {
            give(names.get(0), value, into);
            return;
        }
        List<Object> parts = Truth.elements(value);
        if (parts.size() != names.size()) {
            throw new TemplateException(Spelling.type(value) + " has " + parts.size() + " elements, and "
                    + String.join(", ", names) + " take " + names.size());
        }
        for (int i = 0; i < names.size(); i++) {
            give(names.get(i), parts.get(i), into);
        }
    }

    private static void give(String name, Object value, Names into) {
        int dot = name.indexOf('.');
        if (dot < 0) {
            into.set(name, value);
        } else if (into.get(name.substring(0, dot)) instanceof Namespace space) {
            space.values().put(name.substring(dot + 1), value);
        } else {
            throw new TemplateException(name + " cannot be set; only a namespace's can");
        }
    }
}
