package org.counterweight.report.plot;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A linear axis: from values to places in a picture, with ticks at round numbers.
 *
 * @param min the value at {@code from}
 * @param max the value at {@code to}; above {@code min}
 */
public record Scale(double min, double max, double from, double to, double step) implements Ruler {
    /**
     * One that holds all values between {@code low} and {@code high}, with about {@code ticks} ticks, its ends round; of a single
     * value, from 0 to it.
     */
    public static Scale round(double low, double high, int ticks, double from, double to) {
        if (!(high > low)) {
            double end = low != 0 && Double.isFinite(low) ? low : 1;
            return round(Math.min(end, 0), Math.max(end, 0), ticks, from, to);
        }
        double step = step((high - low) / ticks);
        return new Scale(Math.floor(low / step) * step, Math.ceil(high / step - 1e-9) * step, from, to, step);
    }

    /** One that ends exactly at {@code high}: for steps of a run. */
    public static Scale exact(double low, double high, int ticks, double from, double to) {
        double top = high > low ? high : low + 1;
        return new Scale(low, top, from, to, Math.max(1, step((top - low) / ticks)));
    }

    /** The smallest of 1, 2, 5 times a power of ten that is not below {@code wanted}. */
    private static double step(double wanted) {
        double power = Math.pow(10, Math.floor(Math.log10(wanted)));
        for (double factor : new double[] {1, 2, 5}) {
            if (factor * power >= wanted * (1 - 1e-9)) {
                return factor * power;
            }
        }
        return 10 * power;
    }

    @Override
    public double at(double value) {
        return from + (value - min) / (max - min) * (to - from);
    }

    @Override
    public List<Double> ticks() {
        var ticks = new ArrayList<Double>();
        double first = Math.ceil(min / step - 1e-9);
        for (int i = 0; (first + i) * step <= max + step * 1e-6; i++) {
            ticks.add((first + i) * step);
        }
        return ticks;
    }

    /** The tick in as many digits as the step needs. */
    @Override
    public String label(double tick) {
        int digits = Math.max(0, (int) Math.ceil(-Math.log10(step) - 1e-9));
        String text = String.format(Locale.ROOT, "%,." + digits + "f", tick);
        return text.replace("-0", "−0").replace('-', '−').replace(',', '\u202f'); // a thin space between thousands
    }
}
