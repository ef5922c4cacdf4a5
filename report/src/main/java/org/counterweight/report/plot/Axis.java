package org.counterweight.report.plot;

import java.util.List;

/**
 * One side of a {@link Plot}.
 *
 * @param title what is measured
 * @param logarithmic whether equal steps are equal factors; values at or below 0 are not drawn
 * @param names what stands along it instead of numbers; empty for numbers
 */
public record Axis(String title, boolean logarithmic, List<String> names) {
    public Axis {
        names = List.copyOf(names);
    }

    public static Axis linear(String title) {
        return new Axis(title, false, List.of());
    }

    public static Axis logarithmic(String title) {
        return new Axis(title, true, List.of());
    }

    public static Axis named(List<String> names) {
        return new Axis("", false, names);
    }

    /** From values between {@code low} and {@code high} to places between {@code from} and {@code to}. */
    Ruler ruler(double low, double high, double from, double to) {
        if (!names.isEmpty()) {
            return new NameScale(names, from, to);
        }
        return logarithmic ? LogScale.of(low, high, from, to) : Scale.round(low, high, 5, from, to);
    }
}
