package org.counterweight.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.counterweight.report.plot.Scale;
import org.counterweight.report.plot.Trace;
import org.jspecify.annotations.Nullable;

/**
 * Curves, laid out for SVG: most over the steps of a run.
 *
 * @param caption what to see in it, in one sentence
 * @param lines drawn in this order
 * @param levels horizontal lines to hold the curves against
 */
public record Chart(
        String title,
        String caption,
        String xLabel,
        List<Tick> xTicks,
        List<Tick> yTicks,
        List<Line> lines,
        List<Level> levels) {
    /** Size of the picture, and where the plot lies in it. */
    public static final int WIDTH = 440;

    public static final int HEIGHT = 240;
    private static final int LEAST_LEFT = 46;
    public static final int RIGHT = WIDTH - 14;
    public static final int TOP = 14;
    public static final int BOTTOM = HEIGHT - 40;

    /** What a digit takes at most, and the air beside a label. */
    private static final int DIGIT = 8;

    private static final int AIR = 14;

    /** Of so many points each is seen on its curve. */
    private static final int FEW = 30;

    /** How points are shown. */
    public enum Form {
        /** Joined, each to be seen where there are few. */
        CURVE(Trace.Stroke.SOLID),
        /** Joined by dashes, for what curves are held against. */
        DASHED(Trace.Stroke.DASHES),
        /** Each alone. */
        POINTS(Trace.Stroke.DOTS);

        private final Trace.Stroke stroke;

        Form(Trace.Stroke stroke) {
            this.stroke = stroke;
        }
    }

    /** Points (x, y) as they are given, in order of x where they are joined. */
    public record Series(String name, double[] x, double[] y, Form form) {
        /** A curve. */
        public Series(String name, double[] x, double[] y) {
            this(name, x, y, Form.CURVE);
        }
    }

    /** A horizontal line as it is given. */
    public record Reference(String name, double y) {}

    /** A place on an axis with its label. */
    public record Tick(String at, String label) {}

    /**
     * A series as it is drawn.
     *
     * @param path in SVG; empty where points are not joined
     * @param points where they are few enough to be seen, or are not joined
     * @param last the last value of a curve over steps; empty of what is none
     * @param above how many later ones would hide it: it is drawn wider and paler than they
     */
    public record Line(String name, String path, List<Tick> points, boolean isDashed, String last, int above) {
        private Line withoutLast() {
            boolean isOne = path.isEmpty();
            return isOne ? this : new Line(name, path, points, isDashed, "", above);
        }

        /** How wide the curve is drawn. */
        public String width() {
            return number(Trace.width(isDashed ? 1.6 : 2.2, above));
        }

        /** Of each point. */
        public String radius() {
            return number(Trace.width(6.4, above) / 2);
        }

        /** In [0, 1], of all that is drawn. */
        public double opacity() {
            return above > 0 ? Trace.PALE : 1;
        }

        /** The same look beside the name, in CSS; null for the usual one. */
        public @Nullable String swatch() {
            if (above == 0) {
                return null;
            }
            int size = 2 + 4 * above;
            return "opacity:" + Trace.PALE + ";height:" + (path.isEmpty() ? 6 + size + "px;width:" + (6 + size) : size)
                    + "px";
        }
    }

    /** A horizontal line as it is drawn. */
    public record Level(String name, String at, String value) {}

    /** Where the plot begins: to the right of the longest label. */
    public int left() {
        return left(yTicks);
    }

    private static int left(List<Tick> labels) {
        int longest =
                labels.stream().mapToInt(tick -> tick.label().length()).max().orElse(0);
        return Math.max(LEAST_LEFT, DIGIT * longest + AIR);
    }

    /** Lays out curves over steps, and references, in one picture, its axes as wide as they need. */
    public static Chart of(
            String title, String caption, String xLabel, List<Series> series, List<Reference> references) {
        Across steps = left -> Scale.exact(0, right(series), 5, left, RIGHT);
        return of(title, caption, xLabel, steps, series, references);
    }

    /** Lays out one figure against another, both in any unit, the first from 0; where a curve ends says nothing then. */
    public static Chart ofFigures(
            String title, String caption, String xLabel, List<Series> series, List<Reference> references) {
        Across figures = left -> Scale.round(0, right(series), 5, left, RIGHT);
        Chart chart = of(title, caption, xLabel, figures, series, references);
        List<Line> lines = chart.lines.stream().map(Line::withoutLast).toList();
        return new Chart(title, caption, xLabel, chart.xTicks, chart.yTicks, lines, chart.levels);
    }

    /** The axis of x, once it is known where the plot begins. */
    private interface Across {
        Scale from(int left);
    }

    private static double right(List<Series> series) {
        return series.stream()
                .flatMapToDouble(s -> DoubleStream.of(s.x()))
                .max()
                .orElse(0);
    }

    private static Chart of(
            String title,
            String caption,
            String xLabel,
            Across across,
            List<Series> series,
            List<Reference> references) {
        double low = Double.POSITIVE_INFINITY;
        double high = Double.NEGATIVE_INFINITY;
        for (Series s : series) {
            for (int i = 0; i < s.x().length; i++) {
                low = Math.min(low, s.y()[i]);
                high = Math.max(high, s.y()[i]);
            }
        }
        for (Reference r : references) {
            low = Math.min(low, r.y());
            high = Math.max(high, r.y());
        }
        Scale y = Scale.round(low, high, 5, BOTTOM, TOP);
        List<Tick> yTicks = ticks(y);
        Scale x = across.from(left(yTicks));
        int[] above = Trace.above(series.stream().map(s -> trace(s, x, y)).toList());
        return new Chart(
                title,
                caption,
                xLabel,
                ticks(x),
                yTicks,
                IntStream.range(0, series.size())
                        .mapToObj(i -> line(series.get(i), x, y, above[i]))
                        .toList(),
                references.stream()
                        .map(r -> new Level(r.name(), number(y.at(r.y())), shown(r.y())))
                        .toList());
    }

    private static List<Tick> ticks(Scale scale) {
        return scale.ticks().stream()
                .map(tick -> new Tick(number(scale.at(tick)), scale.label(tick)))
                .toList();
    }

    private static Trace trace(Series s, Scale x, Scale y) {
        return new Trace(
                DoubleStream.of(s.x()).map(x::at).toArray(),
                DoubleStream.of(s.y()).map(y::at).toArray(),
                s.form().stroke);
    }

    private static Line line(Series s, Scale x, Scale y, int above) {
        var path = new StringBuilder();
        var points = new ArrayList<Tick>();
        for (int i = 0; i < s.x().length; i++) {
            String px = number(x.at(s.x()[i]));
            String py = number(y.at(s.y()[i]));
            path.append(i == 0 ? 'M' : 'L').append(px).append(' ').append(py);
            if (s.form() == Form.POINTS || (s.form() == Form.CURVE && s.x().length <= FEW)) {
                points.add(new Tick(px, py));
            }
        }
        boolean hasLast = s.form() == Form.CURVE && s.y().length > 0;
        return new Line(
                s.name(),
                s.form() == Form.POINTS || s.x().length == 1 ? "" : path.toString(), // one point alone is no line
                points,
                s.form() == Form.DASHED,
                hasLast ? shown(s.y()[s.y().length - 1]) : "",
                above);
    }

    private static String shown(double value) {
        return String.format(
                Locale.ROOT, Math.abs(value) >= 100 ? "%.0f" : Math.abs(value) >= 10 ? "%.1f" : "%.3f", value);
    }

    private static String number(double place) {
        return String.format(Locale.ROOT, "%.1f", place);
    }

    /**
     * A curve of at most {@code points} points: means of equal stretches. Noise of single steps would hide the course.
     */
    public static Series smoothed(String name, double[] x, double[] y, int points) {
        int groups = Math.min(points, x.length);
        double[] xs = new double[groups];
        double[] ys = new double[groups];
        for (int g = 0; g < groups; g++) {
            int from = (int) ((long) x.length * g / groups);
            int to = (int) ((long) x.length * (g + 1) / groups);
            for (int i = from; i < to; i++) {
                xs[g] += x[i] / (to - from);
                ys[g] += y[i] / (to - from);
            }
        }
        return new Series(name, xs, ys);
    }
}
