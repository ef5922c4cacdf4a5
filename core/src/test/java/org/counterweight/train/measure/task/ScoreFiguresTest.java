package org.counterweight.train.measure.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.train.measure.Evaluation;
import org.counterweight.train.measure.Metric;
import org.counterweight.train.objective.Objective.Losses;
import org.junit.jupiter.api.Test;

/** Figures of scores and of sets of labels, batch by batch, against SciPy's and scikit-learn's. */
class ScoreFiguresTest {
    private static void add(Metric metric, double[] outputs, double[] labels, long width) {
        long rows = outputs.length / width;
        Tensor logits = Tensors.doubles(outputs, rows, width).to(ScalarType.Float);
        Tensor zeros = Tensors.zeros(rows);
        Tensor units = torch.ones_like(zeros).to(ScalarType.Long);
        metric.add(
                new Losses(zeros, units, logits),
                new Batch(Map.of(
                        Batch.LABELS, Tensors.doubles(labels, rows, width).to(ScalarType.Float))));
    }

    /** scipy.stats.pearsonr and spearmanr; equal values share the mean of their ranks. */
    @Test
    void scoresAreHeldAgainstScores() {
        try (var scope = Scope.open()) {
            var metric = new ScoreFigures(10);
            add(metric, new double[] {1, 2, 2}, new double[] {1.5, 1, 3}, 1);
            add(metric, new double[] {4, 5.5}, new double[] {3, 6}, 1);
            Map<String, Double> figures = metric.figures();
            assertThat(figures).containsOnlyKeys("rmse", "pearson", "spearman");
            assertThat(figures.get("rmse")).isCloseTo(8.366600265340756, within(1e-9));
            assertThat(figures.get("pearson")).isCloseTo(0.8789427574156337, within(1e-12));
            assertThat(figures.get("spearman")).isCloseTo(0.7631578947368421, within(1e-12));
        }
    }

    @Test
    void scoresThatAreAllTheSameGoWithNothing() {
        try (var scope = Scope.open()) {
            var metric = new ScoreFigures(1);
            add(metric, new double[] {0, 0, 0}, new double[] {1, -1, 0}, 1);
            assertThat(metric.figures()).contains(entry("pearson", 0.0), entry("spearman", 0.0));
        }
    }

    /** Of three classes the last is neither there nor told; a probability of just a half counts. */
    @Test
    void labelSetsAreHeldAgainstSets() {
        try (var scope = Scope.open()) {
            var metric = new LabelSetFigures();
            add(metric, new double[] {2, -1, -1, 1, 1, -3}, new double[] {1, 0, 0, 1, 0, 0}, 3);
            add(metric, new double[] {0, -1, -2, -1, -1, -1}, new double[] {1, 1, 0, 0, 0, 0}, 3);
            Map<String, Double> figures = metric.figures();
            assertThat(figures.get("micro_f1")).isCloseTo(2 * 3 / 8.0, within(1e-12));
            assertThat(figures.get("macro_f1")).isCloseTo((1 + 0 + 0) / 3.0, within(1e-12));
            assertThat(figures.get("exact_match")).isEqualTo(0.5);
        }
    }

    @Test
    void anErrorIsBetterWhereItIsLess() {
        assertThat(Evaluation.METRICS.stream().filter(name -> !Evaluation.largerIsBetter(name)))
                .containsExactly("loss", "perplexity", "rmse");
    }
}
