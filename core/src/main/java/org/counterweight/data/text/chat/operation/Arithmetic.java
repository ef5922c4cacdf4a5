package org.counterweight.data.text.chat.operation;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.counterweight.data.text.chat.value.Budget;
import org.counterweight.data.text.chat.value.Spelling;
import org.counterweight.data.text.chat.value.TemplateException;
import org.counterweight.data.text.chat.value.Truth;
import org.counterweight.data.text.chat.value.Undefined;

/** Python's sums of numbers, texts and lists, by their sign. */
public final class Arithmetic {
    /** One operation, which is told what it may use up. */
    public interface Operation {
        Object of(Object a, Object b, Budget budget);
    }

    private static final Map<String, Operation> OPERATIONS = Map.of(
            "+", Arithmetic::plus,
            "-", (a, b, budget) -> numbers("-", a, b, Math::subtractExact, (x, y) -> x - y),
            "*", Arithmetic::times,
            "/", (a, b, budget) -> numbers("/", a, b, (x, y) -> (double) x / nonZero(y), (x, y) -> x / nonZero(y)),
            "//",
                    (a, b, budget) -> numbers(
                            "//", a, b, (x, y) -> Math.floorDiv(x, nonZero(y)), (x, y) -> Math.floor(x / nonZero(y))),
            "%", Arithmetic::modulo,
            "**", (a, b, budget) -> numbers("**", a, b, Arithmetic::power, Math::pow),
            "~", (a, b, budget) -> joined(Spelling.of(a, budget), Spelling.of(b, budget), budget));

    private Arithmetic() {}

    /** The operation of a sign that {@link org.counterweight.data.text.chat.value} knows, as {@code //}. */
    public static Operation of(String sign) {
        Operation operation = OPERATIONS.get(sign);
        if (operation == null) {
            throw new TemplateException("there is no operation " + sign);
        }
        return operation;
    }

    /** The number with the other sign. */
    public static Object negative(Object a) {
        return numbers("-", 0L, a, Math::subtractExact, (x, y) -> -y);
    }

    private static Object plus(Object a, Object b, Budget budget) {
        if (a instanceof String text && b instanceof String other) {
            return joined(text, other, budget);
        }
        if (a instanceof List<?> some && b instanceof List<?> others) {
            budget.spend((long) some.size() + others.size());
            var all = new ArrayList<Object>(some);
            all.addAll(others);
            return all;
        }
        return numbers("+", a, b, Math::addExact, Double::sum);
    }

    private static String joined(String a, String b, Budget budget) {
        budget.spend((long) a.length() + b.length());
        return a + b;
    }

    private static Object times(Object a, Object b, Budget budget) {
        if (a instanceof Long count && !Truth.isNumber(b)) {
            return repeated(b, count, budget);
        }
        if (b instanceof Long count && !Truth.isNumber(a)) {
            return repeated(a, count, budget);
        }
        return numbers("*", a, b, Math::multiplyExact, (x, y) -> x * y);
    }

    private static Object repeated(Object value, long count, Budget budget) {
        long times = Math.max(0, count);
        budget.spend(exactly(() -> Math.multiplyExact(times, Truth.length(value))));
        if (value instanceof String text) {
            return times == 0 || text.isEmpty() ? "" : text.repeat((int) times);
        }
        var all = new ArrayList<Object>();
        if (value instanceof List<?> list && !list.isEmpty()) {
            Collections.nCopies((int) times, list).forEach(all::addAll);
            return all;
        }
        return all;
    }

    private static Object modulo(Object a, Object b, Budget budget) {
        if (a instanceof String form) {
            return budget.made(TextFormat.filled(form, b instanceof List<?> list ? list : List.of(b), budget));
        }
        return numbers("%", a, b, (x, y) -> Math.floorMod(x, nonZero(y)), (x, y) -> x - y * Math.floor(x / nonZero(y)));
    }

    private static Object power(long base, long exponent) {
        if (exponent < 0) {
            return Math.pow((double) base, (double) exponent);
        }
        long power = 1;
        for (long i = 0; i < exponent && power != 0 && Math.abs(base) > 1; i++) {
            power = Math.multiplyExact(power, base); // ends at 2^63 at the latest
        }
        return Math.abs(base) > 1 ? power : base == 0 && exponent > 0 ? 0L : exponent % 2 == 0 ? 1L : base;
    }

    private static long nonZero(long y) {
        if (y == 0) {
            throw new TemplateException("divides by zero");
        }
        return y;
    }

    private static double nonZero(double y) {
        if (y == 0) {
            throw new TemplateException("divides by zero");
        }
        return y;
    }

    private static Object numbers(
            String sign,
            Object a,
            Object b,
            BiFunction<Long, Long, Object> whole,
            BiFunction<Double, Double, Object> broken) {
        if (a instanceof Undefined undefined) {
            throw undefined.refused();
        }
        if (b instanceof Undefined undefined) {
            throw undefined.refused();
        }
        if (!Truth.isNumber(a) || !Truth.isNumber(b)) {
            throw new TemplateException(Spelling.type(a) + " " + sign + " " + Spelling.type(b) + " has no meaning");
        }
        Number x = Truth.number(a);
        Number y = Truth.number(b);
        return x instanceof Long first && y instanceof Long second
                ? exactly(() -> whole.apply(first, second))
                : broken.apply(x.doubleValue(), y.doubleValue());
    }

    private static <T> T exactly(java.util.function.Supplier<T> sum) {
        try {
            return sum.get();
        } catch (ArithmeticException e) {
            throw new TemplateException("a whole number grows beyond 64 bits");
        }
    }
}
