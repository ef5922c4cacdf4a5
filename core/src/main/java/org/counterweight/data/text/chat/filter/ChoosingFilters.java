package org.counterweight.data.text.chat.filter;

import java.util.ArrayList;
import java.util.Map;
import org.counterweight.data.text.chat.operation.Arguments;
import org.counterweight.data.text.chat.operation.Members;
import org.counterweight.data.text.chat.value.Budget;
import org.counterweight.data.text.chat.value.Spelling;
import org.counterweight.data.text.chat.value.Truth;
import org.counterweight.data.text.chat.value.Undefined;

/** Filters that go over elements with another filter, a test or an attribute. */
final class ChoosingFilters {
    private ChoosingFilters() {}

    static void addTo(Map<String, Filter> filters) {
        filters.put("map", ChoosingFilters::mapped);
        filters.put("select", (value, arguments, budget) -> chosen(value, arguments, false, true, budget));
        filters.put("reject", (value, arguments, budget) -> chosen(value, arguments, false, false, budget));
        filters.put("selectattr", (value, arguments, budget) -> chosen(value, arguments, true, true, budget));
        filters.put("rejectattr", (value, arguments, budget) -> chosen(value, arguments, true, false, budget));
    }

    private static Object mapped(Object value, Arguments arguments, Budget budget) {
        Object attribute = arguments.named().get("attribute");
        var all = new ArrayList<Object>();
        for (Object each : Truth.elements(value)) {
            budget.spend(1);
            if (attribute != null) {
                Object found = attribute(each, attribute);
                all.add(found instanceof Undefined ? arguments.named().getOrDefault("default", found) : found);
            } else {
                all.add(Filters.of(arguments.text(0, "filter")).of(each, arguments.from(1), budget));
            }
        }
        return all;
    }

    private static Object chosen(Object value, Arguments arguments, boolean byAttribute, boolean kept, Budget budget) {
        int test = byAttribute ? 1 : 0;
        boolean plain = arguments.placed().size() <= test;
        var all = new ArrayList<Object>();
        for (Object each : Truth.elements(value)) {
            budget.spend(1);
            Object asked = byAttribute ? attribute(each, arguments.get(0, "attribute")) : each;
            boolean holds = plain
                    ? Truth.of(asked)
                    : Tests.of(Spelling.of(arguments.placed().get(test), budget))
                            .of(asked, arguments.from(test + 1), budget);
            if (holds == kept) {
                all.add(each);
            }
        }
        return all;
    }

    /** What stands under a key or place, or under several with dots between them. */
    static Object attribute(Object value, Object attribute) {
        if (!(attribute instanceof String path)) {
            return Members.item(value, attribute, String.valueOf(attribute));
        }
        Object found = value;
        for (String part : path.split("\\.", -1)) {
            Object key = part.matches("\\d{1,9}") ? (Object) Long.valueOf(part) : part;
            found = Members.item(found, key, path);
        }
        return found;
    }
}
