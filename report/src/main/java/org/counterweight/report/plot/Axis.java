package org.counterweight.report.plot;

import java.util.List;

/**
 * One side of a {@link Plot}.
 *
 * @param title what is measured
 * @param logarithmic whether equal steps are equal factors; values at or below 0 are not drawn
 * @param names what stands along it instead of numbers; empty for numbers
 * @param most what no value can exceed, as no share exceeds 1: there the axis ends, and with it whiskers that reach beyond;
 *     infinite for none
 */
public record Axis(String title, boolean logarithmic, List<String> names, double most) {
    public Axis {
        names = List.copyOf(names);
    }

    public static Axis linear(String title) {
        return new Axis(title, false, List.of(), Double.POSITIVE_INFINITY);
    }

    public static Axis logarithmic(String title) {
        return new Axis(title, true, List.of(), Double.POSITIVE_INFINITY);
    }

    public static Axis named(List<String> names) {
        return new Axis("", false, names, Double.POSITIVE_INFINITY);
    }

    /** The same, which ends at the greatest value that there can be. */
    public Axis endingAt(double greatest) {
        return new Axis(title, logarithmic, names, greatest);
    }

    /** From values between {@code low} and {@code high} to places between {@code from} and {@code to}. */
    Ruler ruler(double low, double high, double from, double to) {
        if (!names.isEmpty()) {
            return new NameScale(names, from, to);
        }
        return logarithmic ? LogScale.of(low, high, from, to) : Scale.round(low, Math.min(most, high), 5, from, to);
    }
}
