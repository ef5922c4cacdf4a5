package org.counterweight.report.plot;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A logarithmic axis, with ticks at powers of ten, and between them at 2 and 5 where there are few.
 *
 * @param min the value at {@code from}, above 0
 * @param max the value at {@code to}
 */
record LogScale(double min, double max, double from, double to) implements Ruler {
    private static final int FEW = 3;

    /** One with a little room around its values. */
    static LogScale of(double low, double high, double from, double to) {
        double least = low > 0 ? low : high > 0 ? high / 10 : 1;
        double most = Math.max(high, least);
        double room = Math.max(1.05, Math.pow(most / least, 0.04));
        return new LogScale(least / room, most * room, from, to);
    }

    @Override
    public double at(double value) {
        return value > 0 ? from + Math.log(value / min) / Math.log(max / min) * (to - from) : Double.NaN;
    }

    @Override
    public List<Double> ticks() {
        List<Double> decades = ticks(1);
        return decades.size() >= FEW ? decades : ticks(1, 2, 5);
    }

    private List<Double> ticks(int... digits) {
        var ticks = new ArrayList<Double>();
        for (int power = (int) Math.floor(Math.log10(min)); power <= Math.log10(max); power++) {
            for (int digit : digits) {
                double tick = Double.parseDouble(digit + "e" + power);
                if (tick >= min && tick <= max) {
                    ticks.add(tick);
                }
            }
        }
        return ticks;
    }

    @Override
    public String label(double tick) {
        int power = (int) Math.floor(Math.log10(tick) + 1e-9);
        if (Math.abs(power) <= FEW) {
            return String.format(Locale.ROOT, "%." + Math.max(0, -power) + "f", tick);
        }
        return String.format(Locale.ROOT, "%.0fe%d", tick / Math.pow(10, power), power)
                .replace('-', '−');
    }
}
