package org.counterweight.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.counterweight.report.plot.Scale;

/**
 * How far apart two samples are in each feature, without weights and with them, laid out for SVG: a row a feature, two dots.
 *
 * @param note what to see in it
 * @param rows the features, those furthest apart first
 * @param ticks of the axis
 * @param left where the axis begins
 * @param right where it ends
 */
public record LovePlot(String title, String note, List<Row> rows, List<Chart.Tick> ticks, int left, int right) {
    public static final int WIDTH = 720;
    public static final int ROW = 20;
    public static final int TOP = 10;

    /** More features than this are not drawn. */
    public static final int MOST = 40;

    private static final double LETTER = 6.4;
    private static final int LONGEST = 34;

    /** One feature: where its dots are, and what they stand for. */
    public record Row(String name, String before, String after, String values) {}

    /** A feature's difference without weights and with them; NaN where there is none. */
    public record Difference(String feature, double before, double after) {}

    public LovePlot {
        rows = List.copyOf(rows);
        ticks = List.copyOf(ticks);
    }

    /** Lays out the first {@value #MOST} differences, by their size without sign. */
    public static LovePlot of(String title, String note, List<Difference> differences) {
        List<Difference> shown = differences.subList(0, Math.min(MOST, differences.size()));
        double highest = 0.1;
        int letters = 0;
        for (Difference difference : shown) {
            highest = Math.max(highest, finite(difference.before));
            highest = Math.max(highest, finite(difference.after));
            letters = Math.max(letters, Math.min(LONGEST, difference.feature.length()));
        }
        int left = (int) Math.ceil(LETTER * letters) + 14;
        int right = WIDTH - 16;
        Scale scale = Scale.round(0, highest, 5, left, right);
        var rows = new ArrayList<Row>();
        for (Difference difference : shown) {
            rows.add(new Row(
                    shortened(difference.feature),
                    place(scale, difference.before),
                    place(scale, difference.after),
                    String.format(Locale.ROOT, "%.3f, weighted %.3f", difference.before, difference.after)));
        }
        List<Chart.Tick> ticks = scale.ticks().stream()
                .map(tick -> new Chart.Tick(place(scale, tick), scale.label(tick)))
                .toList();
        return new LovePlot(title, note, rows, ticks, left, right);
    }

    private static double finite(double difference) {
        return Double.isFinite(difference) ? Math.abs(difference) : 0;
    }

    private static String place(Scale scale, double difference) {
        return String.format(Locale.ROOT, "%.1f", scale.at(finite(difference)));
    }

    private static String shortened(String name) {
        return name.length() <= LONGEST ? name : name.substring(0, LONGEST - 1) + "…";
    }

    /** The middle of a row. */
    public int middle(int row) {
        return TOP + ROW * row + ROW / 2;
    }

    /** Where the rows end. */
    public int bottom() {
        return TOP + ROW * rows.size();
    }

    public int height() {
        return bottom() + 40;
    }
}
