package org.counterweight.data.text.chat.filter;

import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import org.counterweight.data.text.chat.operation.Arguments;
import org.counterweight.data.text.chat.operation.Callable;
import org.counterweight.data.text.chat.value.Budget;
import org.counterweight.data.text.chat.value.None;
import org.counterweight.data.text.chat.value.TemplateException;
import org.counterweight.data.text.chat.value.Truth;
import org.counterweight.data.text.chat.value.Undefined;

/** All tests by name: {@code value is name(argument)}. */
public final class Tests {
    /** One test. */
    @FunctionalInterface
    public interface Test {
        boolean of(Object value, Arguments arguments, Budget budget);
    }

    private static final Map<String, Test> NAMED = named();

    private Tests() {}

    private static Map<String, Test> named() {
        var tests = new HashMap<String, Test>();
        tests.put("defined", being(value -> !(value instanceof Undefined)));
        tests.put("undefined", being(Undefined.class::isInstance));
        tests.put("none", being(value -> value == None.NONE));
        tests.put("true", being(Boolean.TRUE::equals));
        tests.put("false", being(Boolean.FALSE::equals));
        tests.put("boolean", being(Boolean.class::isInstance));
        tests.put("number", being(value -> value instanceof Number || value instanceof Boolean));
        tests.put("integer", being(Long.class::isInstance));
        tests.put("float", being(Double.class::isInstance));
        tests.put("string", being(String.class::isInstance));
        tests.put("mapping", being(Map.class::isInstance));
        tests.put("sequence", being(Tests::hasElements));
        tests.put("iterable", being(value -> hasElements(value) || value instanceof Undefined));
        tests.put("callable", being(Callable.class::isInstance));
        tests.put("lower", being(value -> value instanceof String text && text.equals(text.toLowerCase(Locale.ROOT))));
        tests.put("upper", being(value -> value instanceof String text && text.equals(text.toUpperCase(Locale.ROOT))));
        tests.put("odd", (value, arguments, budget) -> Math.floorMod(whole(value), 2L) == 1);
        tests.put("even", (value, arguments, budget) -> Math.floorMod(whole(value), 2L) == 0);
        tests.put("divisibleby", (value, arguments, budget) -> {
            long by = arguments.number(0, "num", 0);
            if (by == 0) {
                throw new TemplateException("divides by zero");
            }
            return whole(value) % by == 0;
        });
        tests.put("in", (value, arguments, budget) -> Truth.contains(arguments.get(0, "seq"), value, budget));
        equality(tests, List.of("eq", "equalto", "==", "sameas"), true);
        equality(tests, List.of("ne", "!="), false);
        order(tests, List.of("lt", "lessthan", "<"), order -> order < 0);
        order(tests, List.of("le", "<="), order -> order <= 0);
        order(tests, List.of("gt", "greaterthan", ">"), order -> order > 0);
        order(tests, List.of("ge", ">="), order -> order >= 0);
        return Collections.unmodifiableMap(tests);
    }

    private static boolean hasElements(Object value) {
        return value instanceof String || value instanceof List || value instanceof Map;
    }

    private static Test being(Predicate<Object> holds) {
        return (value, arguments, budget) -> holds.test(value);
    }

    private static void equality(Map<String, Test> tests, List<String> names, boolean expected) {
        names.forEach(name -> tests.put(
                name, (value, arguments, budget) -> Truth.equal(value, arguments.get(0, "other"), budget) == expected));
    }

    private static void order(Map<String, Test> tests, List<String> names, IntPredicate holds) {
        names.forEach(name -> tests.put(
                name,
                (value, arguments, budget) -> holds.test(Truth.compare(value, arguments.get(0, "other"), budget))));
    }

    private static long whole(Object value) {
        return new Arguments(List.of(value), Map.of()).number(0, "the value", 0);
    }

    /**
     * The test of that name.
     *
     * @throws TemplateException if there is none
     */
    public static Test of(String name) {
        Test test = NAMED.get(name);
        if (test == null) {
            throw new TemplateException(
                    "there is no test " + name + "; there are " + String.join(", ", new TreeSet<>(NAMED.keySet())));
        }
        return test;
    }
}
