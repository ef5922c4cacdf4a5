package org.counterweight.studies.plan.arm;

import java.util.Locale;

/**
 * A figure that each run yields.
 *
 * @param key its name in {@link Measurement#values} and in {@code results.json}
 * @param title its name in tables, with the unit if it has one
 * @param decimals how many are printed
 */
public record Metric(String key, String title, Better better, int decimals) {
    /** Which way is good. */
    public enum Better {
        HIGHER,
        LOWER,
        /** Neither: parameters counted, memory used for information. */
        NEITHER
    }

    public static Metric higher(String key, String title, int decimals) {
        return new Metric(key, title, Better.HIGHER, decimals);
    }

    public static Metric lower(String key, String title, int decimals) {
        return new Metric(key, title, Better.LOWER, decimals);
    }

    public static Metric plain(String key, String title, int decimals) {
        return new Metric(key, title, Better.NEITHER, decimals);
    }

    /** By how much {@code a} is better than {@code b}; positive is better, whichever way is good. */
    public double advantage(double a, double b) {
        return better == Better.LOWER ? b - a : a - b;
    }

    public String format(double value) {
        return Double.isFinite(value) ? String.format(Locale.ROOT, "%." + decimals + "f", value) : "diverged";
    }
}
