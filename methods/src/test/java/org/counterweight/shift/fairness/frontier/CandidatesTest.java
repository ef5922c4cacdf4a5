package org.counterweight.shift.fairness.frontier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.counterweight.engine.Tensors.doubles;

import java.util.List;
import java.util.SplittableRandom;
import org.counterweight.config.Configs;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.shift.fairness.Cells;
import org.junit.jupiter.api.Test;

/** Two groups of which one has more rows of y = 1, told from each other by one feature and the label by another. */
class CandidatesTest {
    private static final int ROWS = 900;

    private static Candidates.Part rows(long seed) {
        SplittableRandom random = new Seed(seed).random();
        double[] x = new double[2 * ROWS];
        double[] y = new double[ROWS];
        double[] z = new double[ROWS];
        for (int i = 0; i < ROWS; i++) {
            z[i] = random.nextInt(2);
            boolean positive = random.nextDouble() < (z[i] == 1 ? 0.7 : 0.35);
            y[i] = positive ? 1 : -1;
            x[2 * i] = y[i] + 1.5 * random.nextGaussian();
            x[2 * i + 1] = z[i] + 0.3 * random.nextGaussian();
        }
        return new Candidates.Part(doubles(x, ROWS, 2), Cells.of(doubles(y), doubles(z)));
    }

    /** Fair by chance is anyone who draws lots: what counts is to be fair and to know something. */
    @Test
    void theMixtureIsFairAndKnowsNearlyAsMuchAsABoundOnTheCovariance() {
        var config = Configs.bind(
                Configs.yaml("{algorithms: [none, covariance, expgrad], covariance: [0.0], eps: [0.0]}", "fair"),
                FairTrainingConfig.class,
                "fair");
        try (var scope = Scope.open()) {
            List<Candidate> all =
                    new Candidates(config, rows(1), rows(2), rows(3), new double[] {1, 1, 1, 1}, new Seed(4)).all();
            Candidate plain = all.get(0);
            Candidate bounded = all.get(1);
            Candidate mixture = all.get(2);
            assertThat(Math.abs(plain.judged().parityDifference())).isGreaterThan(0.3);
            assertThat(Math.abs(mixture.judged().parityDifference())).isLessThan(0.1);
            assertThat(mixture.judged().accuracy())
                    .isGreaterThan(bounded.judged().accuracy() - 0.02);
            assertThat(bounded.judged().accuracy()).isGreaterThan(0.65);
        }
    }
}
