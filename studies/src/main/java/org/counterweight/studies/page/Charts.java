package org.counterweight.studies.page;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.counterweight.report.plot.Axis;
import org.counterweight.report.plot.Mark;
import org.counterweight.report.plot.Plot;
import org.counterweight.studies.plan.arm.Arm;
import org.counterweight.studies.plan.arm.Metric;
import org.counterweight.studies.plan.arm.Pick;
import org.counterweight.studies.plan.arm.Runs;
import org.counterweight.studies.plan.arm.Spread;
import org.counterweight.studies.plan.shown.Figure;

/** The figures of a study as plots. */
final class Charts {
    private Charts() {}

    static Plot of(Figure figure, Runs runs) {
        if (figure instanceof Figure.Curves curves) {
            return curves(curves, runs);
        }
        if (figure instanceof Figure.Bars bars) {
            return bars(bars, runs);
        }
        if (figure instanceof Figure.Tradeoff tradeoff) {
            return tradeoff(tradeoff, runs);
        }
        return sweep((Figure.Sweep) figure, runs);
    }

    private static Plot curves(Figure.Curves figure, Runs runs) {
        var marks = new ArrayList<Mark>();
        var all = new ArrayList<Double>();
        for (Pick pick : figure.arms()) {
            Arm arm = runs.arm(pick);
            List<double[]> curves = runs.of(arm).stream()
                    .map(run -> run.measured().curves().get(figure.curve()))
                    .toList();
            int points = curves.stream().mapToInt(curve -> curve.length).min().orElse(0);
            double[] x = new double[points];
            double[] mean = new double[points];
            double[] low = new double[points];
            double[] high = new double[points];
            for (int i = 0; i < points; i++) {
                int at = i;
                List<Double> values = curves.stream().map(curve -> curve[at]).toList();
                Spread spread = Spread.of(values);
                x[i] = (double) i * figure.every();
                mean[i] = spread.mean();
                low[i] = spread.mean() - spread.deviation();
                high[i] = spread.mean() + spread.deviation();
                all.addAll(values);
                if (figure.logarithmic() && low[i] <= 0) {
                    low[i] = values.stream().mapToDouble(value -> value).min().orElse(mean[i]);
                }
            }
            marks.add(new Mark.Line(arm.toString(), x, mean, low, high, false));
        }
        Axis up = figure.logarithmic()
                ? Axis.logarithmic(figure.yTitle())
                : upTo(Axis.linear(figure.yTitle()), figure.yTitle().contains("accuracy"), all);
        return new Plot(figure.title(), Axis.linear(figure.xTitle()), up, marks);
    }

    private static Plot bars(Figure.Bars figure, Runs runs) {
        List<String> names =
                figure.arms().stream().map(pick -> name(pick, runs.arm(pick))).toList();
        var marks = new ArrayList<Mark>();
        for (Metric metric : figure.metrics()) {
            List<Spread> spreads = figure.arms().stream()
                    .map(pick -> runs.spread(runs.arm(pick), metric))
                    .toList();
            marks.add(new Mark.Bars(
                    metric.title(),
                    spreads.stream().mapToDouble(Spread::mean).toArray(),
                    spreads.stream().mapToDouble(Spread::deviation).toArray()));
        }
        Axis up = upTo(
                Axis.linear(figure.yTitle()),
                figure.metrics().stream().allMatch(metric -> metric.better() == Metric.Better.HIGHER),
                figure.metrics().stream()
                        .flatMap(metric ->
                                figure.arms().stream().flatMap(pick -> runs.values(runs.arm(pick), metric).stream()))
                        .toList());
        return new Plot(figure.title(), Axis.named(names), up, marks);
    }

    /**
     * The axis of shares ends at 1, and that of per cents at 100, whatever deviations add to their means.
     *
     * @param isGood whether more is better: errors may be small, and end nowhere
     * @param values all that were measured
     */
    private static Axis upTo(Axis axis, boolean isGood, List<Double> values) {
        double most = axis.title().contains("%") ? 100 : 1;
        boolean areShares = isGood && values.stream().allMatch(value -> !(value < 0) && !(value > most));
        return areShares ? axis.endingAt(most) : axis;
    }

    /** Of a tuned arm the setting is news. */
    private static String name(Pick pick, Arm arm) {
        return pick.setting() == null ? arm.toString() : arm.method();
    }

    private static Plot sweep(Figure.Sweep figure, Runs runs) {
        var marks = new ArrayList<Mark>();
        for (String method : figure.methods()) {
            List<Spread> spreads = figure.settings().stream()
                    .map(setting -> runs.spread(new Arm(method, setting), figure.metric()))
                    .toList();
            double[] x = figure.positions().stream().mapToDouble(at -> at).toArray();
            double[] y = spreads.stream().mapToDouble(Spread::mean).toArray();
            double[] by = spreads.stream().mapToDouble(Spread::deviation).toArray();
            marks.add(new Mark.Line(method, x, y, shifted(y, by, -1), shifted(y, by, 1), true));
        }
        return new Plot(
                figure.title(),
                Axis.logarithmic(figure.xTitle()),
                upTo(
                        Axis.linear(figure.metric().title()),
                        figure.metric().better() == Metric.Better.HIGHER,
                        figure.methods().stream()
                                .flatMap(method -> figure.settings().stream()
                                        .flatMap(setting ->
                                                runs.values(new Arm(method, setting), figure.metric()).stream()))
                                .toList()),
                marks);
    }

    private static double[] shifted(double[] values, double[] by, int sign) {
        return IntStream.range(0, values.length)
                .mapToDouble(i -> values[i] + sign * by[i])
                .toArray();
    }

    private static Plot tradeoff(Figure.Tradeoff figure, Runs runs) {
        var marks = new ArrayList<Mark>();
        for (Figure.Trail trail : figure.trails()) {
            double[] x = means(trail, figure.x(), runs);
            marks.add(Mark.Line.of(trail.name(), x, means(trail, figure.y(), runs), true));
        }
        return new Plot(
                figure.title(),
                Axis.linear(figure.x().title()),
                Axis.linear(figure.y().title()),
                marks);
    }

    private static double[] means(Figure.Trail trail, Metric metric, Runs runs) {
        return trail.arms().stream()
                .mapToDouble(pick -> runs.spread(runs.arm(pick), metric).mean())
                .toArray();
    }
}
