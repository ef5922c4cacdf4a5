package org.counterweight.studies.page;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.counterweight.studies.plan.Arm;
import org.counterweight.studies.plan.Figure;
import org.counterweight.studies.plan.Metric;
import org.counterweight.studies.plan.Pick;
import org.counterweight.studies.plan.Runs;
import org.counterweight.studies.plan.Spread;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.Circle;
import org.knowm.xchart.style.markers.Diamond;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.None;

/** Draws the figures: one look for all, in colours that readers with colour blindness tell apart (Okabe and Ito's). */
final class Charts {
    private static final List<Color> COLOURS = List.of(
            new Color(0x0072B2),
            new Color(0xD55E00),
            new Color(0x009E73),
            new Color(0xCC79A7),
            new Color(0xE69F00),
            new Color(0x56B4E9),
            new Color(0x000000),
            new Color(0x8C564B),
            new Color(0x7F7F7F),
            new Color(0xBCBD22));
    private static final int WIDTH = 820;
    private static final int HEIGHT = 460;

    /** So many letters of names find room side by side. */
    private static final int LEVEL_LETTERS = 60;

    private Charts() {}

    static void write(Figure figure, Runs runs, Path file) throws IOException {
        Chart<?, ?> chart;
        if (figure instanceof Figure.Curves curves) {
            chart = curves(curves, runs);
        } else if (figure instanceof Figure.Bars bars) {
            chart = bars(bars, runs);
        } else if (figure instanceof Figure.Tradeoff tradeoff) {
            chart = tradeoff(tradeoff, runs);
        } else {
            chart = sweep((Figure.Sweep) figure, runs);
        }
        Files.write(file, BitmapEncoder.getBitmapBytes(chart, BitmapFormat.PNG));
    }

    private static XYChart curves(Figure.Curves figure, Runs runs) {
        XYChart chart = axes(figure, figure.xTitle(), figure.yTitle());
        chart.getStyler().setYAxisLogarithmic(figure.logarithmic());
        int colour = 0;
        for (Pick pick : figure.arms()) {
            Arm arm = runs.arm(pick);
            List<double[]> curves = runs.of(arm).stream()
                    .map(run -> run.measured().curves().get(figure.curve()))
                    .toList();
            int points = curves.stream().mapToInt(curve -> curve.length).min().orElse(0);
            double[] x = new double[points];
            double[] mean = new double[points];
            var bandX = new ArrayList<Double>();
            var bandY = new ArrayList<Double>();
            double[] lower = new double[points];
            for (int i = 0; i < points; i++) {
                int at = i;
                Spread spread =
                        Spread.of(curves.stream().map(curve -> curve[at]).toList());
                x[i] = (double) i * figure.every();
                mean[i] = spread.mean();
                lower[i] = spread.mean() - spread.deviation();
                if (figure.logarithmic() && lower[i] <= 0) {
                    lower[i] = curves.stream()
                            .mapToDouble(curve -> curve[at])
                            .min()
                            .orElse(mean[i]);
                }
                bandX.add(x[i]);
                bandY.add(spread.mean() + spread.deviation());
            }
            for (int i = points - 1; i >= 0; i--) {
                bandX.add(x[i]);
                bandY.add(lower[i]);
            }
            Color color = colour(colour++);
            XYSeries band = chart.addSeries(arm + " spread", bandX, bandY);
            band.setXYSeriesRenderStyle(XYSeriesRenderStyle.PolygonArea);
            band.setFillColor(new Color(color.getRed(), color.getGreen(), color.getBlue(), 34));
            band.setLineColor(new Color(0, 0, 0, 0));
            band.setMarker(new None());
            band.setShowInLegend(false);
            line(chart.addSeries(arm.toString(), x, mean), color, new None());
        }
        return chart;
    }

    private static CategoryChart bars(Figure.Bars figure, Runs runs) {
        CategoryChart chart = new CategoryChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(figure.title())
                .yAxisTitle(figure.yTitle())
                .build();
        style(chart.getStyler());
        chart.getStyler().setAvailableSpaceFill(figure.metrics().size() == 1 ? 0.5 : 0.8);
        chart.getStyler().setXAxisLabelRotation(letters(figure, runs) > LEVEL_LETTERS ? 35 : 0);
        chart.getStyler().setXAxisMaxLabelCount(figure.arms().size()); // or every other bar goes without a name
        chart.getStyler().setLegendVisible(figure.metrics().size() > 1);
        chart.getStyler().setErrorBarsColor(new Color(0x444444));
        int colour = 0;
        for (Metric metric : figure.metrics()) {
            var names = new ArrayList<String>();
            var means = new ArrayList<Double>();
            var deviations = new ArrayList<Double>();
            for (Pick pick : figure.arms()) {
                Arm arm = runs.arm(pick);
                Spread spread = runs.spread(arm, metric);
                names.add(name(pick, arm));
                means.add(spread.mean());
                deviations.add(spread.deviation());
            }
            chart.addSeries(metric.title(), names, means, deviations).setFillColor(colour(colour++));
        }
        return chart;
    }

    /** Of a tuned arm the setting is news. */
    private static String name(Pick pick, Arm arm) {
        return pick.setting() == null ? arm.toString() : arm.method();
    }

    private static int letters(Figure.Bars figure, Runs runs) {
        return figure.arms().stream()
                .mapToInt(pick -> name(pick, runs.arm(pick)).length())
                .sum();
    }

    private static XYChart sweep(Figure.Sweep figure, Runs runs) {
        XYChart chart = axes(figure, figure.xTitle(), figure.metric().title());
        chart.getStyler().setXAxisLogarithmic(true);
        chart.getStyler().setErrorBarsColorSeriesColor(true);
        int colour = 0;
        for (String method : figure.methods()) {
            var x = new ArrayList<Double>();
            var y = new ArrayList<Double>();
            var whiskers = new ArrayList<Double>();
            for (int i = 0; i < figure.settings().size(); i++) {
                Spread spread = runs.spread(new Arm(method, figure.settings().get(i)), figure.metric());
                if (Double.isFinite(spread.mean())) {
                    x.add(figure.positions().get(i));
                    y.add(spread.mean());
                    whiskers.add(spread.deviation());
                }
            }
            if (!x.isEmpty()) { // a method that diverged at every setting has no line
                line(chart.addSeries(method, x, y, whiskers), colour(colour), new Circle());
            }
            colour++;
        }
        chart.getStyler().setXAxisTickLabelsFormattingFunction(v -> String.format(Locale.ROOT, "%.0e", v));
        return chart;
    }

    private static XYChart tradeoff(Figure.Tradeoff figure, Runs runs) {
        XYChart chart = axes(figure, figure.x().title(), figure.y().title());
        int colour = 0;
        for (Figure.Trail trail : figure.trails()) {
            var x = new ArrayList<Double>();
            var y = new ArrayList<Double>();
            for (Pick pick : trail.arms()) {
                double across = runs.spread(runs.arm(pick), figure.x()).mean();
                double up = runs.spread(runs.arm(pick), figure.y()).mean();
                if (Double.isFinite(across) && Double.isFinite(up)) {
                    x.add(across);
                    y.add(up);
                }
            }
            if (!x.isEmpty()) {
                line(chart.addSeries(trail.name(), x, y), colour(colour), x.size() > 1 ? new Circle() : new Diamond());
            }
            colour++;
        }
        return chart;
    }

    private static XYChart axes(Figure figure, String across, String up) {
        XYChart chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(figure.title())
                .xAxisTitle(across)
                .yAxisTitle(up)
                .build();
        style(chart.getStyler());
        return chart;
    }

    private static void line(XYSeries series, Color color, Marker marker) {
        series.setLineColor(color);
        series.setLineStyle(new BasicStroke(2.2f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
        series.setMarker(marker);
        series.setMarkerColor(color);
    }

    private static Color colour(int index) {
        return COLOURS.get(index % COLOURS.size());
    }

    private static void style(AxesChartStyler styler) {
        Color ink = new Color(0x333333);
        styler.setBaseFont(new Font(Font.SANS_SERIF, Font.PLAIN, 13));
        styler.setChartTitleFont(new Font(Font.SANS_SERIF, Font.BOLD, 15));
        styler.setAxisTitleFont(new Font(Font.SANS_SERIF, Font.PLAIN, 13));
        styler.setAxisTickLabelsFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
        styler.setLegendFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
        styler.setChartTitleBoxVisible(false);
        styler.setChartBackgroundColor(Color.WHITE);
        styler.setPlotBackgroundColor(Color.WHITE);
        styler.setPlotBorderVisible(false);
        styler.setChartFontColor(ink);
        styler.setAxisTickLabelsColor(ink);
        styler.setPlotGridLinesColor(new Color(0xE4E4E4));
        styler.setPlotGridLinesStroke(new BasicStroke(1f));
        styler.setPlotGridVerticalLinesVisible(false);
        styler.setLegendPosition(LegendPosition.OutsideE);
        styler.setLegendBorderColor(Color.WHITE);
        styler.setChartPadding(14);
        styler.setMarkerSize(7);
        styler.setLocale(Locale.ROOT);
    }
}
