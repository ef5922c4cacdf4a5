package org.counterweight.studies.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.counterweight.studies.plan.arm.Arm;
import org.counterweight.studies.plan.arm.Measurement;
import org.counterweight.studies.plan.arm.Metric;
import org.counterweight.studies.plan.arm.Paired;
import org.counterweight.studies.plan.arm.Pick;
import org.counterweight.studies.plan.arm.Run;
import org.counterweight.studies.plan.arm.Runs;
import org.counterweight.studies.plan.rule.Rule;
import org.counterweight.studies.plan.rule.Verdict;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RuleTest {
    private static final Metric LOSS = Metric.lower("loss", "loss", 3);
    private static final Pick A = Pick.of("a", "");
    private static final Pick B = Pick.of("b", "");

    @ParameterizedTest
    @CsvSource({"10, HELD", "9, HELD", "8, NOT_DECIDED", "6, NOT_DECIDED", "5, NOT_HELD", "0, NOT_HELD"})
    void winsCountSeeds(int wins, Verdict expected) {
        double[] a = new double[10];
        double[] b = new double[10];
        for (int s = 0; s < 10; s++) {
            b[s] = s < wins ? 1 : 0; // a tie is no win
        }
        var judgement = new Rule.Wins(LOSS, A, B, 0.9).judge(runs(a, b));
        assertThat(judgement.verdict()).isEqualTo(expected);
        assertThat(judgement.figures()).contains("better in " + wins + " of 10 seeds");
    }

    @Test
    void theIntervalIsStudentsOnPairedDifferences() {
        // differences 1, 2, 3: mean 2, deviation 1, t(2; 0.975) = 4.302653
        Paired paired = Paired.of(LOSS, List.of(0.0, 0.0, 0.0), List.of(1.0, 2.0, 3.0));
        assertThat(paired.mean()).isEqualTo(2);
        assertThat(paired.high() - paired.mean()).isCloseTo(4.302653 / Math.sqrt(3), within(1e-6));
        assertThat(paired.mean() - paired.low()).isCloseTo(4.302653 / Math.sqrt(3), within(1e-6));
    }

    @Test
    void anAdvantageMustExceedItsMarginAltogether() {
        Runs clear = runs(new double[] {0, 0, 0}, new double[] {1, 1.1, 0.9});
        assertThat(verdict(new Rule.Advantage(LOSS, A, B, 0), clear)).isEqualTo(Verdict.HELD);
        assertThat(verdict(new Rule.Advantage(LOSS, A, B, 2), clear)).isEqualTo(Verdict.NOT_HELD);
        assertThat(verdict(new Rule.Advantage(LOSS, B, A, 0), clear)).isEqualTo(Verdict.NOT_HELD);
        Runs noisy = runs(new double[] {0, 0, 0}, new double[] {1, -1, 0.5});
        assertThat(verdict(new Rule.Advantage(LOSS, A, B, 0), noisy)).isEqualTo(Verdict.NOT_DECIDED);
    }

    @Test
    void aRunThatDivergedLoses() {
        Runs runs = runs(new double[] {1, 1}, new double[] {Double.NaN, Double.POSITIVE_INFINITY});
        assertThat(verdict(new Rule.Wins(LOSS, A, B, 1), runs)).isEqualTo(Verdict.HELD);
        assertThat(verdict(new Rule.Wins(LOSS, B, A, 1), runs)).isEqualTo(Verdict.NOT_HELD);
        assertThat(verdict(new Rule.Ratio(LOSS, B, A, 100, 1), runs)).isEqualTo(Verdict.NOT_HELD);
    }

    @Test
    void aSingleSeedGivesNoInterval() {
        Runs runs = runs(new double[] {1}, new double[] {2});
        assertThat(verdict(new Rule.Advantage(LOSS, A, B, 0), runs)).isEqualTo(Verdict.NOT_DECIDED);
    }

    @Test
    void aRangeIsCountedBySeeds() {
        Runs runs = runs(new double[] {1, 1, 3}, new double[] {0, 0, 0});
        assertThat(verdict(new Rule.Within(LOSS, A, 0.5, 1.5, 0.6), runs)).isEqualTo(Verdict.HELD);
        assertThat(verdict(new Rule.Within(LOSS, A, 0.5, 1.5, 0.9), runs)).isEqualTo(Verdict.NOT_DECIDED);
        assertThat(verdict(new Rule.Within(LOSS, B, 0.5, 1.5, 0.9), runs)).isEqualTo(Verdict.NOT_HELD);
    }

    @Test
    void beingNearNeedsTheWholeInterval() {
        Runs clear = runs(new double[] {0, 0, 0}, new double[] {1, 1.1, 0.9});
        assertThat(verdict(new Rule.Near(LOSS, A, B, 1.5), clear)).isEqualTo(Verdict.HELD);
        assertThat(verdict(new Rule.Near(LOSS, A, B, 1), clear)).isEqualTo(Verdict.NOT_DECIDED);
        assertThat(verdict(new Rule.Near(LOSS, A, B, 0.5), clear)).isEqualTo(Verdict.NOT_HELD);
        assertThat(verdict(new Rule.Near(LOSS, B, A, 0.5), clear)).isEqualTo(Verdict.NOT_HELD);
    }

    private static Verdict verdict(Rule rule, Runs runs) {
        return rule.judge(runs).verdict();
    }

    private static Runs runs(double[] a, double[] b) {
        var runs = new ArrayList<Run>();
        for (int s = 0; s < a.length; s++) {
            runs.add(new Run(new Arm("a", ""), s, Measurement.of(Map.of("loss", a[s])), 0));
            runs.add(new Run(new Arm("b", ""), s, Measurement.of(Map.of("loss", b[s])), 0));
        }
        return new Runs(runs, null);
    }
}
