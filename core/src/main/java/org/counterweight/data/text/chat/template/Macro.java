package org.counterweight.data.text.chat.template;

import java.util.List;
import java.util.Set;
import org.counterweight.data.text.chat.operation.Callable;
import org.counterweight.data.text.chat.value.Undefined;
import org.jspecify.annotations.Nullable;

/**
 * A body by a name, that is filled in where it is called.
 *
 * @param defaults what stands for a parameter that is not given; null for nothing
 */
record Macro(String name, List<String> parameters, List<Statement.@Nullable Placed> defaults, Body body)
        implements Statement {
    @Override
    public Flow run(Names names, StringBuilder out) {
        names.set(name, (Callable) (given, budget) -> {
            given.atMost(parameters.size(), Set.copyOf(parameters));
            Names inside = names.inner();
            for (int i = 0; i < parameters.size(); i++) {
                String parameter = parameters.get(i);
                Object value = given.find(i, parameter);
                Placed otherwise = defaults.get(i);
                if (value == null) {
                    value = otherwise == null ? new Undefined(parameter) : otherwise.value(inside);
                }
                inside.set(parameter, value);
            }
            return budget.deeper(() -> body.text(inside));
        });
        return Flow.ON;
    }
}
