package org.counterweight.train.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.train.TrainConfig;
import org.counterweight.train.objective.Objective.Losses;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MetricsTest {
    private static final int CLASSES = 5;

    /** Rows of these classes, taken for those. */
    private static void add(Metric metric, long[] labels, long[] guesses) {
        Tensor logits = torch.one_hot(Tensors.longs(guesses), CLASSES).to(torch.ScalarType.Float);
        Tensor truth = Tensors.longs(labels);
        Tensor zeros = Tensors.zeros(labels.length);
        metric.add(new Losses(zeros, torch.ones_like(truth), logits), new Batch(Map.of(Batch.LABELS, truth)));
    }

    private static Map<String, Double> figures(MetricConfig config) {
        Metric metric = config.create(List.of(500.0, 101.0, 100.0, 19.0, 3.0));
        add(metric, new long[] {0, 0, 0, 0, 1}, new long[] {0, 0, 0, 1, 1});
        add(metric, new long[] {1, 2, 2, 3, -100}, new long[] {0, 2, 4, 3, 3});
        return metric.figures();
    }

    /** As scikit-learn's balanced_accuracy_score of the same rows; class 4 does not occur. */
    @Test
    void balancedAccuracyCountsEveryClassTheSame() {
        try (var scope = Scope.open()) {
            assertThat(figures(new BalancedAccuracy()).get("balanced_accuracy")).isCloseTo(0.6875, within(1e-12));
        }
    }

    @Test
    void shotsGoByTheRowsToLearnFrom() {
        try (var scope = Scope.open()) {
            Map<String, Double> found = figures(new ShotAccuracy(100, 20));
            assertThat(found.get("many_shot")).isEqualTo((0.75 + 0.5) / 2);
            assertThat(found.get("medium_shot")).isEqualTo(0.5); // exactly 100 rows
            assertThat(found.get("few_shot")).isEqualTo(1);
            assertThat(figures(new ShotAccuracy(2, 2))).containsOnlyKeys("many_shot");
        }
    }

    @Test
    void theBestMayBeToldByAFigureOfAMetric() {
        TrainConfig config =
                TrainConfig.of("{metrics: [{kind: shot_accuracy, many: 50}, balanced_accuracy], best_by: few_shot}");
        assertThat(config.largerIsBetter()).isTrue();
        assertThat(config.figures()).containsExactly("many_shot", "medium_shot", "few_shot", "balanced_accuracy");
        assertThat(TrainConfig.of("").largerIsBetter()).isFalse();
        assertThat(TrainConfig.of("best_by: macro_f1").largerIsBetter()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "best_by: few_shot | train.best_by: \"few_shot\" is not allowed; expected one of loss, perplexity, accuracy, macro_f1, micro_f1, exact_match, rmse, pearson, spearman, entity_f1, entity_precision, entity_recall, word_accuracy, or a figure of train.metrics",
                "metrics: [balanced_acuracy] | train.metrics[0]: \"balanced_acuracy\" is unknown; did you mean \"balanced_accuracy\"?",
                "metrics: [{kind: shot_accuracy, few: 0}] | train.metrics.few: 0 is not allowed",
                "metrics: [{kind: shot_accuracy, many: 10}] | train.metrics.many: 10 is not allowed; expected an integer of at least few, which is 20"
            })
    void wrongSettingsNameThemselves(String yaml, String message) {
        assertThatThrownBy(() -> TrainConfig.of("{" + yaml + "}"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(message);
    }
}
