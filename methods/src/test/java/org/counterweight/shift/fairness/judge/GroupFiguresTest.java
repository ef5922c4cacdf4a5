package org.counterweight.shift.fairness.judge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.counterweight.shift.fairness.FairnessMetrics;
import org.counterweight.shift.fairness.constraint.FairConstraint;
import org.counterweight.train.part.Section;
import org.junit.jupiter.api.Test;

/** Figures of groups come with rows, positives and an interval, and of too few rows there are none. */
class GroupFiguresTest {
    private static final String FEW = "too few rows";

    private static List<List<String>> table(FairnessMetrics found, int which) {
        return ((Section.Table) new GroupFigures(found).sections("yes").get(which)).rows();
    }

    @Test
    void aRateComesWithRowsPositivesAndWilsonsInterval() {
        var found = new FairnessMetrics(new double[] {40, 50, 60, 100}, new double[] {30, 25, 6, 10});
        assertThat(table(found, 0))
                .containsExactly(
                        List.of(
                                "z=1",
                                "100",
                                "40",
                                "0.360 (0.273 to 0.458)",
                                "0.750 (0.598 to 0.858)",
                                "0.100 (0.047 to 0.201)"),
                        List.of(
                                "z=0",
                                "150",
                                "50",
                                "0.233 (0.173 to 0.307)",
                                "0.500 (0.366 to 0.634)",
                                "0.100 (0.055 to 0.174)"));
        assertThat(table(found, 1)).noneMatch(row -> row.contains(FEW));
    }

    /** Two rows of which the same is said would be a gap of 0. */
    @Test
    void ofTooFewRowsNoGapIsTold() {
        var found = new FairnessMetrics(new double[] {1, 1, 1, 1}, new double[] {1, 1, 0, 0});
        assertThat(found.oddsGap()).isZero();
        assertThat(table(found, 0))
                .allSatisfy(row -> assertThat(row.subList(3, 6)).containsOnly(FEW));
        assertThat(table(found, 1).subList(1, 4))
                .allSatisfy(row -> assertThat(row.subList(1, 3)).containsOnly(FEW));
    }

    @Test
    void aLabelOfFewRowsDoesNotHideBehindTheOther() {
        var found = new FairnessMetrics(new double[] {2, 50, 60, 100}, new double[] {1, 25, 6, 10});
        List<List<String>> gaps = table(found, 1);
        assertThat(gaps.get(1)).as("parity").doesNotContain(FEW);
        assertThat(gaps.get(2).subList(1, 3)).as("opportunity").containsOnly(FEW);
        assertThat(gaps.get(3).subList(1, 3)).as("odds").containsOnly(FEW);
    }

    @Test
    void theIntervalIsThatOfTheLabelThatIsFurthestApart() {
        var found = new FairnessMetrics(new double[] {40, 50, 400, 400}, new double[] {30, 25, 40, 44});
        double reach = 1.96 * Math.sqrt(0.75 * 0.25 / 40 + 0.5 * 0.5 / 50);
        assertThat(GroupGap.of(found, FairConstraint.EQUALIZED_ODDS).reach()).isCloseTo(reach, within(1e-4));
        assertThat(GroupGap.of(found, FairConstraint.EQUAL_OPPORTUNITY).reach()).isCloseTo(reach, within(1e-4));
        double all = 1.96 * Math.sqrt(70 / 440.0 * 370 / 440 / 440 + 69 / 450.0 * 381 / 450 / 450);
        assertThat(GroupGap.of(found, FairConstraint.DEMOGRAPHIC_PARITY).reach())
                .isCloseTo(all, within(1e-4));
    }
}
