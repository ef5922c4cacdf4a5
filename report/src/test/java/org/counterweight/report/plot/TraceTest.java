package org.counterweight.report.plot;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.counterweight.report.plot.Trace.Stroke;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TraceTest {
    private static final double[] STEPS = {0, 100, 200, 300};

    private static Trace curve(double... y) {
        return new Trace(STEPS, y, Stroke.SOLID);
    }

    @Test
    void ofThreeThatCoincideEachLiesUnderThoseAfterIt() {
        assertThat(Trace.above(List.of(curve(1, 2, 3, 4), curve(1, 2, 3, 4), curve(1, 2, 3, 4))))
                .containsExactly(2, 1, 0);
    }

    @Test
    void whatIsSeenBesideTheLaterIsNotHidden() {
        assertThat(Trace.above(List.of(curve(1, 2, 3, 4), curve(4, 5, 6, 7)))).containsExactly(0, 0);
        assertThat(Trace.above(List.of(curve(1, 2, 3, 4), curve(1, 12, 13, 14))))
                .as("they only begin together")
                .containsExactly(0, 0);
    }

    @Test
    void halfOfACurveIsEnough() {
        assertThat(Trace.above(List.of(curve(1, 2, 30, 40), curve(1, 2, 13, 14))))
                .containsExactly(1, 0);
    }

    /** The later one has points of its own elsewhere. */
    @Test
    void curvesNeedNotHaveTheSamePoints() {
        Trace coarse = new Trace(new double[] {0, 300}, new double[] {0, 300}, Stroke.SOLID);
        assertThat(Trace.above(List.of(curve(0, 100, 200, 300), coarse))).containsExactly(1, 0);
        assertThat(Trace.above(List.of(coarse, new Trace(new double[0], new double[0], Stroke.SOLID))))
                .containsExactly(0, 0);
    }

    @ParameterizedTest
    @CsvSource({
        "SOLID, SOLID, 1", "DASHES, SOLID, 1", "DASHES, DASHES, 1", "DOTS, DOTS, 1",
        "SOLID, DASHES, 0", "SOLID, DOTS, 0", "DOTS, SOLID, 0", "DOTS, DASHES, 0"
    })
    void gapsLeaveWhatIsUnderThemToBeSeen(Stroke earlier, Stroke later, int above) {
        double[] y = {1, 2, 3, 4};
        assertThat(Trace.above(List.of(new Trace(STEPS, y, earlier), new Trace(STEPS, y, later)))[0])
                .isEqualTo(above);
    }
}
