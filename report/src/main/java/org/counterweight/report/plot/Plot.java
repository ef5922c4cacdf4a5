package org.counterweight.report.plot;

import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * A picture of figures as an SVG document of its own, without script, style sheet or address, in colours that readers with
 * colour blindness tell apart (Okabe and Ito's).
 *
 * @param marks drawn in this order
 */
public record Plot(String title, Axis x, Axis y, List<Mark> marks) {
    private static final List<String> COLOURS = List.of(
            "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#8c564b", "#7f7f7f",
            "#bcbd22");
    private static final int WIDTH = 820;
    private static final int HEIGHT = 460;
    private static final int LEFT = 76;
    private static final int TOP = 44;
    private static final int EDGE = 20;
    private static final int BELOW = 58;

    /** What a letter needs at most, and a line of the legend. */
    private static final int LETTER = 7;

    private static final int LINE = 20;

    public Plot {
        marks = List.copyOf(marks);
    }

    /** The document. */
    public String svg() {
        boolean turned = x.names().stream().mapToInt(String::length).sum() * LETTER > WIDTH - LEFT - legendWidth();
        int longest = x.names().stream().mapToInt(String::length).max().orElse(0);
        double right = WIDTH - EDGE - (hasLegend() ? legendWidth() : 0);
        double left = turned ? leftOfTurned(right) : LEFT;
        double bottom = HEIGHT - BELOW - (turned ? longest * LETTER * 0.55 : 0);
        Ruler across = x.ruler(low(true), high(true), left, right);
        Ruler up = y.ruler(low(false), high(false), bottom, TOP);
        var svg = new Svg(WIDTH, HEIGHT, title);
        svg.words(WIDTH / 2.0, 24, title, "text-anchor=\"middle\" font-weight=\"bold\" font-size=\"15\"");
        for (double tick : up.ticks()) {
            svg.line(left, up.at(tick), right, up.at(tick), "stroke=\"#e4e4e4\"");
            svg.words(left - 8, up.at(tick) + 4, up.label(tick), "text-anchor=\"end\"");
        }
        for (double tick : across.ticks()) {
            double at = across.at(tick);
            svg.line(at, bottom, at, bottom + 5, "stroke=\"#333\"");
            String look = turned
                    ? "text-anchor=\"end\" transform=\"rotate(-35 " + Svg.number(at) + " " + Svg.number(bottom + 16)
                            + ")\""
                    : "text-anchor=\"middle\"";
            svg.words(at, bottom + (turned ? 16 : 20), across.label(tick), look);
        }
        svg.line(left, bottom, right, bottom, "stroke=\"#333\"");
        svg.words((left + right) / 2, HEIGHT - 14, x.title(), "text-anchor=\"middle\" font-size=\"13\"");
        double middle = (TOP + bottom) / 2;
        svg.words(
                18,
                middle,
                y.title(),
                "text-anchor=\"middle\" font-size=\"13\" transform=\"rotate(-90 18 " + Svg.number(middle) + ")\"");
        var canvas = new Canvas(svg, across, up, bottom, y.most());
        int[] above = Trace.above(marks.stream().map(canvas::trace).toList());
        for (int i = 0; i < marks.size(); i++) {
            canvas.draw(marks.get(i), colour(i), i, marks.size(), above[i]);
        }
        if (hasLegend()) {
            legend(svg, right + EDGE, above);
        }
        return svg.toString();
    }

    /** Turned names begin to the left of their places, the first of them perhaps outside of the picture. */
    private double leftOfTurned(double right) {
        double part = (right - LEFT) / x.names().size();
        return IntStream.range(0, x.names().size())
                .mapToDouble(i -> x.names().get(i).length() * LETTER * 0.8 - (i + 0.5) * part)
                .reduce(LEFT, Math::max);
    }

    private static String colour(int i) {
        return COLOURS.get(i % COLOURS.size());
    }

    private boolean hasLegend() {
        return marks.size() > 1;
    }

    private int legendWidth() {
        return 40
                + LETTER
                        * marks.stream()
                                .mapToInt(mark -> mark.name().length())
                                .max()
                                .orElse(0);
    }

    private void legend(Svg svg, double left, int[] above) {
        for (int i = 0; i < marks.size(); i++) {
            double at = TOP + 8 + i * LINE;
            String look = "stroke-width=\"" + (above[i] > 0 ? 10 : 4) + "\" stroke=\"" + colour(i) + "\"";
            svg.line(left, at, left + 18, at, above[i] > 0 ? look + " opacity=\"" + Trace.PALE + "\"" : look);
            svg.words(left + 24, at + 4, marks.get(i).name(), "");
        }
    }

    private double low(boolean across) {
        double low = values(across).min().orElse(0);
        boolean bars = !across && marks.stream().anyMatch(Mark.Bars.class::isInstance);
        return bars ? Math.min(0, low) : low;
    }

    private double high(boolean across) {
        return values(across).max().orElse(1);
    }

    /** All that must find room, of those values that have a place. */
    private DoubleStream values(boolean across) {
        boolean positive = (across ? x : y).logarithmic();
        return marks.stream()
                .flatMapToDouble(mark -> values(mark, across))
                .filter(value -> Double.isFinite(value) && (!positive || value > 0));
    }

    private static DoubleStream values(Mark mark, boolean across) {
        if (mark instanceof Mark.Line line) {
            return across
                    ? DoubleStream.of(line.x())
                    : DoubleStream.concat(
                            DoubleStream.of(line.y()),
                            DoubleStream.concat(DoubleStream.of(line.low()), DoubleStream.of(line.high())));
        }
        if (mark instanceof Mark.Bars bars && !across) {
            return DoubleStream.concat(
                    DoubleStream.of(bars.heights()),
                    IntStream.range(0, bars.heights().length).mapToDouble(i -> bars.heights()[i] + whisker(bars, i)));
        }
        return DoubleStream.empty();
    }

    private static double whisker(Mark.Bars bars, int i) {
        return i < bars.whiskers().length && Double.isFinite(bars.whiskers()[i]) ? bars.whiskers()[i] : 0;
    }
}
