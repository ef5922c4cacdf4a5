package org.counterweight.data.text.chat.filter;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.counterweight.data.text.chat.value.TemplateException;

/** All filters by name. */
public final class Filters {
    private static final Map<String, Filter> NAMED = named();

    private Filters() {}

    private static Map<String, Filter> named() {
        var filters = new TreeMap<String, Filter>();
        TextFilters.addTo(filters);
        NumberFilters.addTo(filters);
        ListFilters.addTo(filters);
        ChoosingFilters.addTo(filters);
        return Collections.unmodifiableMap(filters);
    }

    /**
     * The filter of that name.
     *
     * @throws TemplateException if there is none
     */
    public static Filter of(String name) {
        Filter filter = NAMED.get(name);
        if (filter == null) {
            throw new TemplateException(
                    "there is no filter " + name + "; there are " + String.join(", ", NAMED.keySet()));
        }
        return filter;
    }
}
