package org.counterweight.config;

import java.util.List;
import java.util.function.DoublePredicate;

/** Ranges of numbers, refused in one form. Each is written so that NaN fails too. */
public final class Checks {
    private Checks() {}

    /** @throws ConfigException unless {@code value} is finite */
    public static void finite(String field, double value) {
        finite(field, value, "a finite number");
    }

    /** @param expected what is allowed, as a noun phrase */
    public static void finite(String field, double value, String expected) {
        hold(Double.isFinite(value), field, value, expected);
    }

    /** @throws ConfigException unless {@code value} lies in [0, 1] */
    public static void share(String field, double value, String expected) {
        hold(isShare(value), field, value, expected);
    }

    /** @throws ConfigException unless {@code value} is finite and above 0 */
    public static void positive(String field, double value) {
        hold(Double.isFinite(value) && value > 0, field, value, "a number above 0");
    }

    /** @throws ConfigException unless {@code value} is finite and not below 0 */
    public static void notNegative(String field, double value) {
        hold(Double.isFinite(value) && value >= 0, field, value, "a number of at least 0");
    }

    /** Whether {@code value} lies in [0, 1]. */
    public static boolean isShare(double value) {
        return value >= 0 && value <= 1;
    }

    /**
     * Numbers of which each model has one.
     *
     * @return a copy that does not change
     * @throws ConfigException naming the first that is not allowed by its place
     */
    public static List<Double> each(String field, List<Double> values, DoublePredicate allowed, String expected) {
        List<Double> copy = List.copyOf(values);
        hold(!copy.isEmpty(), field, copy, "one number or more");
        for (int i = 0; i < copy.size(); i++) {
            hold(allowed.test(copy.get(i)), field + "[" + i + "]", copy.get(i), expected);
        }
        return copy;
    }

    private static void hold(boolean holds, String field, Object value, String expected) {
        if (!holds) {
            throw new ConfigException(field, value, expected);
        }
    }
}
