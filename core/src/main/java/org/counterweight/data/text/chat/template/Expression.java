package org.counterweight.data.text.chat.template;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.counterweight.data.text.chat.filter.Filter;
import org.counterweight.data.text.chat.filter.Tests;
import org.counterweight.data.text.chat.operation.Arguments;
import org.counterweight.data.text.chat.operation.Arithmetic;
import org.counterweight.data.text.chat.operation.Callable;
import org.counterweight.data.text.chat.operation.Members;
import org.counterweight.data.text.chat.value.Budget;
import org.counterweight.data.text.chat.value.None;
import org.counterweight.data.text.chat.value.Spelling;
import org.counterweight.data.text.chat.value.TemplateException;
import org.counterweight.data.text.chat.value.Truth;
import org.counterweight.data.text.chat.value.Tuple;
import org.counterweight.data.text.chat.value.Undefined;
import org.jspecify.annotations.Nullable;

/** What stands for a value. */
sealed interface Expression {
    /** Its value, where names stand for these. */
    Object value(Names names);

    /** As messages call it. */
    default String shown() {
        return "the value";
    }

    record Literal(Object constant) implements Expression {
        @Override
        public Object value(Names names) {
            return constant;
        }
    }

    /** The text that statements tell. */
    record Told(Statement.Body body) implements Expression {
        @Override
        public Object value(Names names) {
            return body.text(names.inner());
        }
    }

    record Named(String name) implements Expression {
        @Override
        public Object value(Names names) {
            names.budget().step();
            return names.get(name);
        }

        @Override
        public String shown() {
            return name;
        }
    }

    record Listed(List<Expression> elements, boolean isTuple) implements Expression {
        @Override
        public Object value(Names names) {
            names.budget().spend(elements.size());
            var list = new ArrayList<Object>();
            elements.forEach(element -> list.add(element.value(names)));
            return isTuple ? new Tuple(list) : Collections.unmodifiableList(list);
        }
    }

    record Mapped(List<Expression> keys, List<Expression> values) implements Expression {
        @Override
        public Object value(Names names) {
            names.budget().spend(keys.size());
            var map = new LinkedHashMap<Object, Object>();
            for (int i = 0; i < keys.size(); i++) {
                map.put(keys.get(i).value(names), values.get(i).value(names));
            }
            return Collections.unmodifiableMap(map);
        }
    }

    record Member(Expression of, String name) implements Expression {
        @Override
        public Object value(Names names) {
            names.budget().step();
            return Members.named(of.value(names), name, shown());
        }

        @Override
        public String shown() {
            return of.shown() + "." + name;
        }
    }

    record Item(Expression of, Expression key) implements Expression {
        @Override
        public Object value(Names names) {
            names.budget().step();
            return Members.item(of.value(names), key.value(names), shown());
        }

        @Override
        public String shown() {
            return of.shown() + "[" + (key instanceof Literal literal ? literal.constant() : key.shown()) + "]";
        }
    }

    record Slice(
            Expression of,
            @Nullable Expression from,
            @Nullable Expression to,
            @Nullable Expression step) implements Expression {
        @Override
        public Object value(Names names) {
            return Members.slice(
                    of.value(names), place(from, names), place(to, names), place(step, names), names.budget());
        }

        private static @Nullable Long place(@Nullable Expression expression, Names names) {
            if (expression == null) {
                return null;
            }
            Object value = expression.value(names);
            if (value == None.NONE) {
                return null;
            }
            if (value instanceof Long place) {
                return place;
            }
            throw new TemplateException("a slice goes from number to number, and " + Spelling.type(value) + " is none");
        }
    }

    /** What stands in a call's brackets. */
    record Given(List<Expression> placed, Map<String, Expression> named) {
        static final Given NOTHING = new Given(List.of(), Map.of());

        Arguments values(Names names) {
            var values = new LinkedHashMap<String, Object>();
            named.forEach((name, expression) -> values.put(name, expression.value(names)));
            return new Arguments(
                    placed.stream().map(expression -> expression.value(names)).toList(), values);
        }
    }

    record Call(Expression of, Given given) implements Expression {
        @Override
        public Object value(Names names) {
            names.budget().step();
            Object called = of.value(names);
            if (called instanceof Callable callable) {
                return callable.call(given.values(names), names.budget());
            }
            throw called instanceof Undefined undefined
                    ? undefined.refused()
                    : new TemplateException(of.shown() + " is " + Spelling.type(called) + " and cannot be called");
        }

        @Override
        public String shown() {
            return of.shown() + "()";
        }
    }

    record Filtered(Expression of, Filter filter, Given given) implements Expression {
        @Override
        public Object value(Names names) {
            names.budget().step();
            return filter.of(of.value(names), given.values(names), names.budget());
        }
    }

    record Tested(Expression of, Tests.Test test, Given given) implements Expression {
        @Override
        public Object value(Names names) {
            names.budget().step();
            return test.of(of.value(names), given.values(names), names.budget());
        }
    }

    record Not(Expression of) implements Expression {
        @Override
        public Object value(Names names) {
            return !Truth.of(of.value(names));
        }
    }

    record Negative(Expression of) implements Expression {
        @Override
        public Object value(Names names) {
            return Arithmetic.negative(of.value(names));
        }
    }

    /** The first of two that decides: {@code and} by what is false, {@code or} by what is true. */
    record Either(Expression first, Expression second, boolean deciding) implements Expression {
        @Override
        public Object value(Names names) {
            Object value = first.value(names);
            return Truth.of(value) == deciding ? value : second.value(names);
        }
    }

    /** {@code first if condition else second}; without a second it is not defined. */
    record Choice(
            Expression first,
            Expression condition,
            @Nullable Expression second) implements Expression {
        @Override
        public Object value(Names names) {
            if (Truth.of(condition.value(names))) {
                return first.value(names);
            }
            return second == null ? new Undefined("a choice without else") : second.value(names);
        }
    }

    record Sum(Arithmetic.Operation operation, Expression first, Expression second) implements Expression {
        @Override
        public Object value(Names names) {
            names.budget().step();
            return operation.of(first.value(names), second.value(names), names.budget());
        }
    }

    /** What holds between two values. */
    @FunctionalInterface
    interface Relation {
        boolean holds(Object a, Object b, Budget budget);
    }

    /** {@code a < b <= c}: each beside the next. */
    record Compared(Expression first, List<Relation> relations, List<Expression> others) implements Expression {
        @Override
        public Object value(Names names) {
            Object before = first.value(names);
            for (int i = 0; i < relations.size(); i++) {
                Object next = others.get(i).value(names);
                if (!relations.get(i).holds(before, next, names.budget())) {
                    return false;
                }
                before = next;
            }
            return true;
        }
    }
}
