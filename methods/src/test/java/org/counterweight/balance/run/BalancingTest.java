package org.counterweight.balance.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.balance.ClassCounts;
import org.counterweight.balance.RowNorms;
import org.counterweight.balance.stage.HeadTraining;
import org.counterweight.balance.stage.SecondStage;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.data.BatchSource;
import org.counterweight.data.Batching;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Params;
import org.counterweight.model.part.Activation;
import org.counterweight.model.part.LinearHead;
import org.counterweight.model.zoo.image.Mlp;
import org.counterweight.train.Task;
import org.counterweight.train.TrainConfig;
import org.counterweight.train.Trainer;
import org.counterweight.train.TrainingListener;
import org.counterweight.train.event.TrainingEvents;
import org.counterweight.train.measure.Evaluator;
import org.counterweight.train.measure.HeadFeatures;
import org.counterweight.train.objective.CrossEntropy;
import org.counterweight.train.part.ClassRows;
import org.counterweight.train.part.PartReport;
import org.counterweight.train.part.Run;
import org.counterweight.train.part.Section;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Weight Balancing inside the trainer, on a small classifier of few classes of which the last is rare. */
class BalancingTest {
    private static final Mlp MODEL = new Mlp(6, List.of(8), 4, Activation.RELU, 0);
    private static final String HEAD = "layers.1";
    private static final TrainConfig SETTINGS = TrainConfig.of("{epochs: 4, batch_size: 16, lr: 0.05, warmup: 0.0,"
            + " optimizer: {name: sgd, momentum: 0.9}, precision: float32, seed: 3}");

    private final Scope scope = Scope.open();
    private final LongTailedRows learnt = LongTailedRows.of(1, 60, 30, 9, 4);
    private final LongTailedRows chosen = LongTailedRows.of(2, 10, 10, 10, 10);
    private final LongTailedRows judged = LongTailedRows.of(3, 12, 12, 12, 12);

    @AfterEach
    void close() {
        scope.close();
    }

    private static BalanceConfig config(String yaml) {
        return Configs.bind(Configs.yaml(yaml, "test"), BalanceConfig.class, "balance");
    }

    private static Evaluator on(LongTailedRows rows) {
        return Evaluator.of(BatchSource.byLength(rows, Batching.of(16)), new CrossEntropy(0), rows.labelNames());
    }

    private Run plain(LongTailedRows judging) {
        Map<String, Tensor> weights = MODEL.initialize(new Seed(5).generator());
        weights.values().forEach(weight -> weight.requires_grad_(true));
        BatchSource batches = SETTINGS.batches(learnt, new Seed(6));
        Task task =
                Task.of(MODEL, Params.of(weights), batches, new CrossEntropy(0)).evaluatedBy(on(chosen));
        return new Run(task, SETTINGS, i -> batches, new TrainingListener() {})
                .with(new ClassRows(learnt, on(judging)));
    }

    /** What a run ends with, and what it tells. */
    private record Ended(Run run, PartReport report) {
        Tensor weight(String name) {
            return Objects.requireNonNull(run.task().params().weights().get(name));
        }

        LinearHead head() {
            return new LinearHead(weight(HEAD + ".weight"), weight(HEAD + ".bias"));
        }
    }

    private Ended ran(String yaml, LongTailedRows judging) {
        BalanceConfig config = config(yaml);
        Run plain = plain(judging);
        config.check(plain);
        Run run = config.join(plain);
        try (var trainer = new Trainer(run.task(), run.config(), new TrainingListener() {}, null)) {
            trainer.run();
        }
        run.task().events().forEach(TrainingEvents::close);
        return new Ended(run, run.reports().get(0));
    }

    private Ended ran(String yaml) {
        return ran(yaml, judged);
    }

    @Test
    void theSecondStageMovesTheHeadAlone() {
        Ended one = ran("{second: null}");
        Ended two = ran("{}");
        assertTensor(two.weight("layers.0.weight")).isEqualTo(one.weight("layers.0.weight"));
        assertTensor(two.weight("layers.0.bias")).isEqualTo(one.weight("layers.0.bias"));
        assertThat(two.head().weight().equal(one.head().weight())).isFalse();
        Tensor before = RowNorms.of(one.head().weight(), 2);
        double least = before.min().item_double();
        double radius = least + 0.1 * (before.max().item_double() - least);
        assertThat(RowNorms.of(two.head().weight(), 2).max().item_double()).isLessThanOrEqualTo(radius + 1e-6);
        assertThat(two.report().warnings()).noneMatch(line -> line.contains("max_norm"));
    }

    @Test
    void aBallThatNothingLeavesIsSaid() {
        Ended ended = ran("{second: {max_norm: {radius: 1000}}}");
        assertThat(ended.report().warnings())
                .anyMatch(line -> line.contains("max_norm never shortened a row") && line.contains("1000"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"step", "epoch"})
    void rowsAreProjectedWhenTheyShouldBeAndBiasesNever(String when) {
        var settings = Configs.bind(
                Configs.yaml(
                        "{epochs: 3, batch_size: 10, lr: 1e-9, weight_decay: 0.0, max_norm: {radius: 0.5, project_every: "
                                + when + "}}",
                        "test"),
                SecondStage.class,
                "second");
        var start = new LinearHead(
                Tensors.zeros(4, 6).add_(Tensors.scalar(1)), Tensors.zeros(4).add_(Tensors.scalar(7)));
        try (var training =
                new HeadTraining(settings, start, ClassCounts.of(60, 30, 9, 4).weights(0.99))) {
            List<Tensor> batches = List.of(numbers(0, 40), numbers(40, 80), numbers(80, 103));
            training.epoch(0, new HeadFeatures(learnt.x(), Tensors.longs(learnt.labels())), batches);
            assertThat(training.projected()).containsOnly(1); // once it is inside, a row that does not move stays
            assertThat(RowNorms.of(training.head().weight(), 2).max().item_double())
                    .isCloseTo(0.5, within(1e-6));
            assertTensor(Objects.requireNonNull(training.head().bias()).detach())
                    .isCloseTo(Objects.requireNonNull(start.bias()), 1e-6, 0);
        }
    }

    private static Tensor numbers(long from, long to) {
        return Tensors.longs(LongStream.range(from, to).toArray());
    }

    @Test
    void classesInAnotherOrderGiveTheSameHeadInThatOrder() {
        long[] turn = {2, 0, 3, 1}; // the new place of each class
        var settings = Configs.bind(Configs.yaml("{epochs: 2}", "test"), SecondStage.class, "second");
        Tensor weight = Tensors.zeros(4, 6).normal_(0, 1, Tensors.optional(new Seed(8).generator()));
        Tensor from = Tensors.longs(new long[] {1, 3, 0, 2}); // which class comes to each place
        LinearHead plain = trained(settings, new LinearHead(weight, null), learnt.labels(), 60, 30, 9, 4);
        long[] others =
                LongStream.of(learnt.labels()).map(label -> turn[(int) label]).toArray();
        LinearHead turned = trained(settings, new LinearHead(weight.index_select(0, from), null), others, 30, 4, 60, 9);
        assertTensor(turned.weight()).isCloseTo(plain.weight().index_select(0, from), 1e-5, 1e-6);
    }

    private LinearHead trained(SecondStage settings, LinearHead start, long[] labels, double... counts) {
        try (var training =
                new HeadTraining(settings, start, ClassCounts.of(counts).weights(0.999))) {
            for (int epoch = 0; epoch < settings.epochs(); epoch++) {
                training.epoch(
                        epoch,
                        new HeadFeatures(learnt.x(), Tensors.longs(labels)),
                        List.of(numbers(0, 50), numbers(50, 103)));
            }
            return training.head().copy();
        }
    }

    @Test
    void theScheduleEndsAtNothingAndBeginsBelowTheRate() {
        SecondStage settings = Configs.defaults(SecondStage.class);
        assertThat(settings.factor(settings.epochs() - 1)).isZero();
        assertThat(settings.factor(0)).isLessThan(1);
    }

    @Test
    void aSimplexDoesNotMoveAndIsWrittenAsItIs() {
        BalanceConfig config = config("{second: null, etf: {}, feature_decay: 1e-2}");
        Run run = config.join(plain(judged));
        Tensor head = Objects.requireNonNull(run.task().params().weights().get(HEAD + ".weight"));
        Tensor before = head.clone();
        assertThat(run.task().params().trainables())
                .doesNotContainKey(HEAD + ".weight")
                .containsKey(HEAD + ".bias");
        try (var trainer = new Trainer(run.task(), run.config(), new TrainingListener() {}, null)) {
            trainer.run();
        }
        assertTensor(head).isEqualTo(before);
    }

    @Test
    void ofUnitFeaturesTheBiasStaysNought() {
        Ended ended = ran("{second: null, normalize_features: true}");
        assertTensor(Objects.requireNonNull(ended.head().bias())).isEqualTo(Tensors.zeros(4));
        assertThat(ended.head().weight().equal(ran("{second: null}").head().weight()))
                .isFalse();
    }

    @Test
    void scalesMoveTheLengthsOfRowsAlone() {
        Ended before = ran("{second: null}");
        Ended after = ran("{second: {learns: scales, max_norm: null, weight_decay: 0.0, lr: 0.1}}");
        Tensor ratio = after.head().weight().div(before.head().weight());
        Tensor ofRow = Tensors.mean(ratio, true, 1);
        assertTensor(ratio).isCloseTo(ofRow.expand_as(ratio), 1e-4, 1e-5);
        assertThat(ofRow.sub(Tensors.scalar(1)).abs().max().item_double()).isGreaterThan(1e-3);
        assertTensor(Objects.requireNonNull(after.head().bias()))
                .isEqualTo(Objects.requireNonNull(before.head().bias()));
    }

    @Test
    void trainedLengthsAreComputedIntoThePlainHead() {
        Ended ended = ran("{second: null, etf: {train_norms: true, norm_rate: 2}}");
        Tensor weight = ended.head().weight();
        assertTensor(ended.run().task().params().weight(HEAD + ".weight")).isEqualTo(weight); // the lengths are 1 now
        Tensor norms = RowNorms.of(weight, 2);
        Tensor units = weight.div(norms);
        Tensor cosines = org.bytedeco.pytorch.global.torch.matmul(units, units.t());
        assertThat(cosines.select(0, 0).select(0, 3).item_double()).isCloseTo(-1.0 / 3, within(1e-5));
        assertThat(norms.select(0, 0).item_double()).isNotCloseTo(1, within(1e-4)); // they were trained
    }

    @ParameterizedTest
    @CsvSource({"additive", "multiplicative"})
    void tauIsFoundOnTheRowsToChooseByAndHelpsThere(String mode) {
        Ended ended = ran("{second: null, adjust: {mode: " + mode + "}, metrics: []}".replace(", metrics: []", ""));
        var accuracy = (Section.Table) ended.report().sections().get(0);
        double before = Double.parseDouble(accuracy.rows().get(0).get(1));
        double after = Double.parseDouble(accuracy.rows().get(1).get(1));
        assertThat(accuracy.rows().get(1).get(0)).startsWith("logits adjusted, tau ");
        assertThat(after).isGreaterThanOrEqualTo(before); // 0 is on the grid
        assertThat(ended.run().config().bestBy()).isEqualTo("adjusted_balanced_accuracy");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{second: {rows: class_balanced, fresh: true, max_norm: null, weight_decay: 0.0}}",
                "{loss: {kind: class_balanced, deferred: 2}, adjust: {mode: additive}, tau_norm: {tau: 0.5}}"
            })
    void labelsToJudgeByChooseNothing(String yaml) {
        Ended honest = ran(yaml);
        Ended shuffled =
                ran(yaml, judged.labelled(new Seed(12).random().longs(48, 0, 4).toArray()));
        honest.run()
                .task()
                .params()
                .weights()
                .forEach((name, weight) ->
                        assertTensor(shuffled.weight(name)).as(name).isEqualTo(weight));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{loss: {kind: class_balanced, form: focal}}",
                "{loss: {kind: class_balanced, form: softmax_bce, beta: 0.99}}",
                "{loss: dot_regression, second: null, etf: {balanced: true}}",
                "{loss: {kind: dot_regression, beta: 0.9}}",
                "{loss: neural_collapse}",
                "{loss: {kind: ldam, deferred: 2}, normalize_features: true}",
                "{loss: {kind: ldam, scale: 1.0, beta: 0.0}, second: null}",
                "{second: {learns: scales, rows: class_balanced, max_norm: null, weight_decay: 0.0}}",
                "{adjust: {when: training}, second: null}",
                "{decays: norms}",
                "{weight_decay: null, one_vs_one: 0.7}"
            })
    void everySwitchRunsAndIsTold(String yaml) {
        Ended ended = ran(yaml);
        ended.run()
                .task()
                .params()
                .weights()
                .forEach((name, weight) ->
                        assertThat(weight.isfinite().all().item_bool()).as(name).isTrue());
        assertThat(ended.report().sections()).hasSize(3);
        assertThat(Objects.requireNonNull(ended.report().announcement())).contains("4 classes of 4 to 60 rows");
    }

    @Test
    void decayReachesBiasesAndTheLoss() {
        Run run = config("{weight_decay: 0.02}").join(plain(judged));
        assertThat(run.config().weightDecay()).isEqualTo(0.02);
        assertThat(run.config().decayAll()).isTrue();
        assertThat(run.config().bestBy()).isEqualTo("balanced_accuracy");
    }

    @Test
    void whatDoesNotGoTogetherIsRefused() {
        assertThatThrownBy(() -> config("{etf: {}}"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("set second: null");
        assertThatThrownBy(() -> config("{second: {learns: scales}}")).hasMessageContaining("set max_norm: null");
        assertThatThrownBy(() -> config("{feature_decay: 0.1, normalize_features: true}"))
                .hasMessageContaining("leave one of them out");
        Run without = new Run(
                plain(judged).task(), SETTINGS, i -> plain(judged).task().data(), new TrainingListener() {});
        assertThatThrownBy(() -> config("{}").check(without)).hasMessageContaining("the rows of this run have none");
        var narrow = new Mlp(6, List.of(3), 4, Activation.RELU, 0);
        var weights = new LinkedHashMap<>(narrow.initialize(new Seed(1).generator()));
        Task task = Task.of(narrow, Params.of(weights), plain(judged).task().data(), new CrossEntropy(0));
        Run thin =
                new Run(task, SETTINGS, i -> task.data(), new TrainingListener() {}).with(new ClassRows(learnt, null));
        assertThatThrownBy(() -> config("{etf: {}, second: null}").check(thin))
                .hasMessageContaining("3 features for 4 classes");
        assertThatThrownBy(() -> config("{adjust: {}}").check(thin)).hasMessageContaining("there are none; give it");
    }
}
