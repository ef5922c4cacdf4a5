package org.counterweight.data.text.chat.template;

import org.counterweight.data.text.chat.value.TemplateException;

/** Names are given a value: {@code set a = value}, or what stands up to {@code endset}. */
record Setting(Targets targets, Statement.Placed value) implements Statement {
    @Override
    public Flow run(Names names, StringBuilder out) {
        Object given = value.value(names);
        try {
            targets.give(given, names);
        } catch (TemplateException e) {
            throw e.at(value.line());
        }
        return Flow.ON;
    }
}
