package org.counterweight.config;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Numbers, refused in one form. Each check is written so that NaN fails too. */
public final class Checks {
    private static final ClassValue<List<Allowed>> RANGES = new ClassValue<>() {
        @Override
        protected List<Allowed> computeValue(Class<?> type) {
            return Arrays.stream(type.getRecordComponents())
                    .map(Allowed::of)
                    .filter(component -> component.range() != null)
                    .toList();
        }
    };

    private Checks() {}

    /**
     * Holds a settings record to the ranges that its components state, as the first thing that its constructor does; what its
     * words alone say, it checks itself.
     *
     * @param path of the record in the user's file, {@code train.sampler}; empty if its settings stand at the top
     * @param values of all components with a {@link Range}, in their order; null passes, of a list each number is held to it
     * @throws ConfigException naming the first that lies outside
     */
    public static void ranges(Class<? extends Record> type, String path, @Nullable Object... values) {
        List<Allowed> ranges = RANGES.get(type);
        if (values.length != ranges.size()) {
            throw new IllegalArgumentException(type.getName() + " states the ranges of "
                    + ranges.stream().map(Allowed::key).toList() + " and gives " + values.length + " values");
        }
        for (int i = 0; i < values.length; i++) {
            Allowed allowed = ranges.get(i);
            String field = path.isEmpty() ? allowed.key() : path + "." + allowed.key();
            if (values[i] instanceof List<?> list) {
                for (int at = 0; at < list.size(); at++) {
                    hold(allowed, field + "[" + at + "]", list.get(at));
                }
            } else if (values[i] != null) {
                hold(allowed, field, values[i]);
            }
        }
    }

    private static void hold(Allowed allowed, String field, @Nullable Object value) {
        double number = value instanceof Number given ? given.doubleValue() : Double.NaN;
        Range range = allowed.range();
        if (range != null && !range.holds(number)) {
            throw new ConfigException(field, value, allowed.expected(number));
        }
    }

    /** @throws ConfigException unless {@code value} is finite */
    public static void finite(String field, double value) {
        refuseUnless(Double.isFinite(value), field, value, "a finite number");
    }

    /** @throws ConfigException unless {@code value} lies in [0, 1] */
    public static void share(String field, double value, String expected) {
        refuseUnless(isShare(value), field, value, expected);
    }

    /** @throws ConfigException unless {@code value} is finite and not below 0 */
    public static void notNegative(String field, double value) {
        refuseUnless(Double.isFinite(value) && value >= 0, field, value, "a number of at least 0");
    }

    private static void refuseUnless(boolean holds, String field, double value, String expected) {
        if (!holds) {
            throw new ConfigException(field, value, expected);
        }
    }

    /** Whether {@code value} lies in [0, 1]. */
    public static boolean isShare(double value) {
        return value >= 0 && value <= 1;
    }

    /**
     * Numbers of which each model has one.
     *
     * @return a copy that does not change
     * @throws ConfigException if there is none
     */
    public static List<Double> some(String field, List<Double> numbers) {
        if (numbers.isEmpty()) {
            throw new ConfigException(field, numbers, "one number or more");
        }
        return List.copyOf(numbers);
    }
}
