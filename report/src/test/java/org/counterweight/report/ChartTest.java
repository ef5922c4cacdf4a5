package org.counterweight.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChartTest {
    private static Chart chart(int points, Chart.Form form) {
        double[] x = new double[points];
        Arrays.setAll(x, i -> i);
        return Chart.ofFigures("t", "c", "x", List.of(new Chart.Series("s", x, x.clone(), form)), List.of());
    }

    private static String html(Chart chart) {
        return Page.builder("title", "lead")
                .charts("charts", List.of(chart))
                .build()
                .html();
    }

    /** However many there are: a line through them in the order in which they come would say nothing. */
    @ParameterizedTest
    @ValueSource(ints = {1, 30, 31, 500})
    void pointsThatStandAloneAreNotJoined(int count) {
        Chart.Line line = chart(count, Chart.Form.POINTS).lines().get(0);
        assertThat(line.path()).isEmpty();
        assertThat(line.points()).hasSize(count);
        assertThat(line.last()).isEmpty();
        String html = html(chart(count, Chart.Form.POINTS));
        assertThat(html).doesNotContain("<path").contains("<i class=\"dot\">");
        assertThat(html.split("<circle", -1)).hasSize(count + 1);
    }

    @Test
    void aSinglePointIsADotAndNoLine() {
        Chart.Line line = chart(1, Chart.Form.CURVE).lines().get(0);
        assertThat(line.path()).isEmpty();
        assertThat(line.points()).hasSize(1);
        assertThat(html(chart(1, Chart.Form.CURVE))).contains("<i class=\"dot\">");
    }

    @Test
    void longLabelsFindRoomBesideThePlot() {
        double[] x = {0, 1};
        Chart chart =
                Chart.ofFigures("t", "c", "x", List.of(new Chart.Series("s", x, new double[] {0, 100_000})), List.of());
        assertThat(chart.left()).isGreaterThanOrEqualTo(8 * "100 000".length());
        assertThat(Double.parseDouble(chart.xTicks().get(0).at())).isEqualTo(chart.left());
    }

    @Test
    void whatIsDashedIsDrawnSo() {
        assertThat(html(chart(2, Chart.Form.DASHED)))
                .contains("<path class=\"curve dashed\"", "<i class=\"dashed\">")
                .doesNotContain("<circle");
    }

    @Test
    void aCurveShowsItsPointsWhereTheyAreFewAndTellsItsLast() {
        assertThat(chart(30, Chart.Form.CURVE).lines().get(0).points()).hasSize(30);
        assertThat(chart(31, Chart.Form.CURVE).lines().get(0).points()).isEmpty();
        double[] steps = {0, 10, 20};
        double[] losses = {3, 2, 1};
        List<Chart.Series> course = List.of(new Chart.Series("s", steps, losses));
        assertThat(Chart.of("t", "c", "steps", course, List.of()).lines().get(0).last())
                .isEqualTo("1.000");
    }

    /** As of a histogram, whose last bin is but its last. */
    @Test
    void whereOneFigureStandsAgainstAnotherNoLastIsTold() {
        assertThat(chart(31, Chart.Form.CURVE).lines().get(0).last()).isEmpty();
        assertThat(chart(1, Chart.Form.CURVE).lines().get(0).last())
                .as("the only one")
                .isEqualTo("0.000");
    }

    @ParameterizedTest
    @EnumSource
    void aSeriesWithoutPointsIsNoFailure(Chart.Form form) {
        assertThat(chart(0, form).lines().get(0).points()).isEmpty();
    }

    /** The later of two that coincide would be all that is seen. */
    @Test
    void whatALaterCurveCoversIsDrawnWiderAndPaler() {
        double[] x = {0, 1, 2};
        double[] y = {3, 2, 1};
        Chart chart = Chart.of(
                "t",
                "c",
                "x",
                List.of(
                        new Chart.Series("earlier", x, y),
                        new Chart.Series("beside", x, new double[] {1, 2, 3}),
                        new Chart.Series("later", x, y)),
                List.of());
        assertThat(chart.lines().stream().map(Chart.Line::above)).containsExactly(1, 0, 0);
        assertThat(html(chart))
                .containsOnlyOnce("<g class=\"s0\" opacity=\"0.4\">")
                .containsOnlyOnce("stroke-width=\"6.6\"")
                .contains("<i class=\"\" style=\"opacity:0.4;height:6px\"></i>earlier", "<i class=\"\"></i>later");
    }
}
