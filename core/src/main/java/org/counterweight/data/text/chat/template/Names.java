package org.counterweight.data.text.chat.template;

import java.util.HashMap;
import java.util.Map;
import org.counterweight.data.text.chat.value.Budget;
import org.counterweight.data.text.chat.value.Undefined;
import org.jspecify.annotations.Nullable;

/** What names stand for at a place of the template: what is set there, and what is seen of the places around it. */
final class Names {
    private final @Nullable Names around;
    private final Map<String, Object> here = new HashMap<>();
    private final Budget budget;

    private Names(@Nullable Names around, Budget budget) {
        this.around = around;
        this.budget = budget;
    }

    static Names of(Map<String, Object> given, Budget budget) {
        var names = new Names(null, budget);
        names.here.putAll(given);
        return names;
    }

    /** A place within this one: what is set there is not seen here. */
    Names inner() {
        return new Names(this, budget);
    }

    Object get(String name) {
        for (Names place = this; place != null; place = place.around) {
            Object found = place.here.get(name);
            if (found != null) {
                return found;
            }
        }
        return new Undefined(name);
    }

    void set(String name, Object value) {
        here.put(name, value);
    }

    Budget budget() {
        return budget;
    }
}
