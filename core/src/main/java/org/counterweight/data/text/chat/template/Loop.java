package org.counterweight.data.text.chat.template;

import java.util.ArrayList;
import java.util.List;
import org.counterweight.data.text.chat.value.TemplateException;
import org.counterweight.data.text.chat.value.Truth;
import org.jspecify.annotations.Nullable;

/**
 * A body for each element.
 *
 * @param condition which elements are gone over, or null for all
 * @param otherwise what is done where there are none
 */
record Loop(Targets targets, Statement.Placed elements, Statement.@Nullable Placed condition, Body body, Body otherwise)
        implements Statement {
    @Override
    public Flow run(Names names, StringBuilder out) {
        List<Object> all = chosen(names);
        if (all.isEmpty()) {
            return otherwise.run(names, out);
        }
        var state = new LoopState(all);
        for (Object element : all) {
            names.budget().step();
            state.next();
            Names inside = names.inner();
            inside.set("loop", state);
            give(element, inside);
            if (body.run(inside, out) == Flow.BREAK) {
                break;
            }
        }
        return Flow.ON;
    }

    private List<Object> chosen(Names names) {
        List<Object> all;
        try {
            all = Truth.elements(elements.value(names));
        } catch (TemplateException e) {
            throw e.at(elements.line());
        }
        names.budget().spend(all.size());
        if (condition == null) {
            return all;
        }
        var chosen = new ArrayList<Object>();
        for (Object element : all) {
            Names inside = names.inner();
            give(element, inside);
            if (Truth.of(condition.value(inside))) {
                chosen.add(element);
            }
        }
        return chosen;
    }

    private void give(Object element, Names inside) {
        try {
            targets.give(element, inside);
        } catch (TemplateException e) {
            throw e.at(elements.line());
        }
    }
}
