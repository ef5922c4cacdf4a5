package org.counterweight.data.text.chat.filter;

import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.counterweight.data.text.chat.operation.Arguments;
import org.counterweight.data.text.chat.operation.Callable;
import org.counterweight.data.text.chat.value.Budget;
import org.counterweight.data.text.chat.value.Namespace;
import org.counterweight.data.text.chat.value.Spelling;
import org.counterweight.data.text.chat.value.TemplateException;

/** The functions that a chat template finds: Jinja's, and two of transformers. */
public final class Functions {
    private static final int LONGEST_RANGE = 100_000; // Jinja's own, in its sandbox

    private Functions() {}

    /**
     * All of them by name.
     *
     * @param now what {@code strftime_now} tells
     */
    public static Map<String, Object> named(LocalDateTime now) {
        var functions = new HashMap<String, Object>();
        functions.put("range", (Callable) Functions::range);
        functions.put("dict", (Callable) (given, budget) -> new LinkedHashMap<Object, Object>(given.named()));
        functions.put("namespace", (Callable) (given, budget) -> {
            var values = new LinkedHashMap<String, Object>();
            for (Object map : given.placed()) {
                if (!(map instanceof Map<?, ?> some)) {
                    throw new TemplateException("namespace() takes names with values, not " + Spelling.type(map));
                }
                some.forEach((name, value) -> values.put(Spelling.of(name, budget), value));
            }
            values.putAll(given.named());
            return new Namespace(values);
        });
        functions.put("raise_exception", (Callable) (given, budget) -> {
            throw new TemplateException(Spelling.of(given.get(0, "message"), budget));
        });
        functions.put("strftime_now", (Callable) (given, budget) ->
                budget.made(Strftime.of(given.atMost(1, Set.of("format")).text(0, "format"), now)));
        return functions;
    }

    private static Object range(Arguments given, Budget budget) {
        given.atMost(3, Set.of());
        long first = given.number(0, "start", 0);
        boolean one = given.placed().size() == 1;
        long from = one ? 0 : first;
        long to = one ? first : given.number(1, "stop", 0);
        long step = given.number(2, "step", 1);
        if (step == 0) {
            throw new TemplateException("range() with steps of 0 has no end");
        }
        List<Object> numbers = new ArrayList<>();
        for (long number = from; step > 0 ? number < to : number > to; number += step) {
            if (numbers.size() == LONGEST_RANGE) {
                throw new TemplateException("range() has more than " + LONGEST_RANGE + " numbers");
            }
            numbers.add(number);
        }
        budget.spend(numbers.size());
        return numbers;
    }
}
