package org.counterweight.merge.stock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.data.BatchSource;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.merge.RunningStatistics;
import org.counterweight.model.Batch;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.Tap;
import org.counterweight.model.part.Activation;
import org.counterweight.model.part.Normalization;
import org.counterweight.model.zoo.image.Mlp;
import org.counterweight.model.zoo.image.ResNet;
import org.counterweight.train.StepReport;
import org.counterweight.train.Task;
import org.counterweight.train.TrainConfig;
import org.counterweight.train.Trainer;
import org.counterweight.train.TrainingListener;
import org.counterweight.train.measure.Evaluator;
import org.counterweight.train.objective.CrossEntropy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Model Stock inside the trainer, on a small classifier with dropout. */
class ModelStockTrainingTest {
    private static final int BATCHES = 4;
    private static final Mlp MODEL = new Mlp(4, List.of(6), 3, Activation.RELU, 0.2);
    private static final TrainConfig SETTINGS =
            TrainConfig.of("{epochs: 3, lr: 0.05, precision: float32, seed: 11, best_by: accuracy}");
    private static final TrainingListener SILENT = new TrainingListener() {};

    @TempDir
    Path directory;

    private final Scope scope = Scope.open();

    @AfterEach
    void close() {
        scope.close();
    }

    private static PeriodicStockConfig config(String yaml) {
        return Configs.bind(Configs.yaml(yaml, "test"), PeriodicStockConfig.class, "stock");
    }

    private static Params params(long seed) {
        Map<String, Tensor> weights = MODEL.initialize(new Seed(seed).generator());
        weights.values().forEach(weight -> weight.requires_grad_(true));
        return Params.of(weights);
    }

    private static BatchSource data(long seed) {
        var batches = new ArrayList<Batch>();
        var random = Tensors.optional(new Seed(seed).generator());
        for (int i = 0; i < BATCHES; i++) {
            Tensor x = torch.empty(8, 4).normal_(0, 1, random);
            Tensor labels = Tensors.slice(x, 1, 0, 3).argmax(new LongOptional(1), false);
            batches.add(new Batch(Map.of(Batch.PIXEL_VALUES, x, Batch.LABELS, labels)));
        }
        return BatchSource.of(batches);
    }

    private static Task task(Params params, BatchSource data) {
        return Task.of(MODEL, params, data, new CrossEntropy(0));
    }

    private static void run(Task task, TrainConfig settings) {
        try (var trainer = new Trainer(task, settings, SILENT, null)) {
            trainer.run();
        }
    }

    private static StockHistory run(PeriodicStockConfig config, Params params, List<BatchSource> others) {
        Task task = task(params, data(1));
        try (var stock = ModelStockTraining.of(config, task, SETTINGS, others)) {
            run(task.with(stock), SETTINGS);
            return stock.history();
        }
    }

    private static long seedOfReplica(int index) {
        return new Seed(SETTINGS.seed()).child("replica").child(index).value();
    }

    @ParameterizedTest
    @ValueSource(strings = {"tensor", "row", "layer", "global"})
    void oneMergeAtTheEndIsMergingWhatWasTrainedApart(String granularity) {
        var config = config("{replicas: 3, period: 1000, merge: {granularity: " + granularity + "}}");
        Params merged = params(5);
        StockHistory history = run(config, merged, List.of(data(2), data(3)));

        Map<String, Tensor> anchor = params(5).weights();
        var alone = new ArrayList<Map<String, Tensor>>();
        for (int i = 0; i < 3; i++) {
            Params one = params(5);
            run(task(one, data(1 + i)), i == 0 ? SETTINGS : SETTINGS.withSeed(seedOfReplica(i - 1)));
            alone.add(one.weights());
        }
        StockRatios ratios = StockRatios.fit(config.merge(), anchor, alone);
        ratios.merge(anchor, alone)
                .forEach((name, tensor) ->
                        assertTensor(merged.weight(name).detach()).as(name).isEqualTo(tensor.detach()));
        assertThat(history.merges()).hasSize(1);
        assertThat(history.merges().get(0).step()).isEqualTo(3L * BATCHES);
        assertThat(history.merges().get(0).tensors()).isEqualTo(ratios.rows());
    }

    @Test
    void eachEpochOrEverySoManyStepsEndsWithAMergeAndSoDoesTheRun() {
        assertThat(steps("{}")).containsExactly(4L, 8L, 12L);
        assertThat(steps("{period: 5}")).containsExactly(5L, 10L, 12L);
        assertThat(steps("{period: 6}")).containsExactly(6L, 12L);
    }

    private static List<Long> steps(String yaml) {
        return run(config(yaml), params(5), List.of(data(2))).merges().stream()
                .map(StockHistory.Merge::step)
                .toList();
    }

    /** Their deltas are one, at an angle of 0 and a ratio of 1: merging them changes nothing but roundings. */
    @Test
    void replicasThatDoTheSameAreMergedIntoThemselves() {
        var still = new Mlp(4, List.of(6), 3, Activation.RELU, 0); // dropout would tell them apart
        Params merged = params(5);
        Task task = Task.of(still, merged, data(1), new CrossEntropy(0));
        try (var stock = ModelStockTraining.of(config("{period: 3}"), task, SETTINGS, List.of(data(1)))) {
            run(task.with(stock), SETTINGS);
            stock.history()
                    .merges()
                    .forEach(merge ->
                            assertThat(merge.meanRatio()).isCloseTo(1, org.assertj.core.data.Offset.offset(1e-9)));
        }
        Params alone = params(5);
        run(Task.of(still, alone, data(1), new CrossEntropy(0)), SETTINGS);
        alone.weights()
                .forEach((name, tensor) ->
                        assertTensor(merged.weight(name).detach()).as(name).isCloseTo(tensor.detach(), 1e-4, 1e-5));
    }

    /** Broken off before, at and after merges, and taken up by a new trainer over other weights. */
    @ParameterizedTest
    @CsvSource({"1,keep", "4,keep", "7,keep", "10,reset", "11,keep"})
    void aResumedRunEndsWithTheSameBits(int breakAfter, String state) {
        var config = config("{replicas: 3, period: 5, optimizer_state: " + state + ", merge: {granularity: row}}");
        List<BatchSource> others = List.of(data(2), data(3));
        Params whole = params(5);
        StockHistory unbroken = run(config, whole, others);

        Path file = directory.resolve("checkpoint.safetensors");
        Task first = task(params(5), data(1));
        Trainer[] self = new Trainer[1];
        var stopping = new TrainingListener() {
            @Override
            public void stepped(StepReport report) {
                if (report.step() == breakAfter) {
                    self[0].stop();
                }
            }
        };
        try (var stock = ModelStockTraining.of(config, first, SETTINGS, others);
                var trainer = new Trainer(first.with(stock), SETTINGS, stopping, file)) {
            self[0] = trainer;
            assertThat(trainer.run().interrupted()).isTrue();
        }
        Params resumed = params(99);
        Task second = task(resumed, data(1));
        try (var stock = ModelStockTraining.of(config, second, SETTINGS, others);
                var trainer = new Trainer(second.with(stock), SETTINGS, SILENT, file)) {
            assertThat(trainer.resume()).isTrue();
            trainer.run();
            assertThat(stock.history().merges()).isEqualTo(unbroken.merges());
        }
        whole.weights()
                .forEach((name, tensor) ->
                        assertTensor(resumed.weight(name)).as(name).isEqualTo(tensor));
    }

    @Test
    void theMomentsOfAllAreForgottenOnRequest() {
        Params kept = params(5);
        Params reset = params(5);
        run(config("{period: 4}"), kept, List.of(data(2)));
        run(config("{period: 4, optimizer_state: reset}"), reset, List.of(data(2)));
        assertThat(kept.weight("layers.0.weight").equal(reset.weight("layers.0.weight")))
                .isFalse();
    }

    /** One batch, so that what a training pass finds in it is all there is: evaluation then sees what training saw. */
    @Test
    void statisticsMeasuredAnewFitTheWeights() {
        var net = new ResNet(1, 4, List.of(1), Normalization.BATCH, 3);
        Params params = Params.of(net.initialize(new Seed(5).generator()));
        var images = new Batch(Map.of(
                Batch.PIXEL_VALUES, torch.empty(12, 1, 8, 8).normal_(1, 2, Tensors.optional(new Seed(6).generator()))));
        double before = gap(net, params, images);
        RunningStatistics.recalibrate(net, params, BatchSource.of(List.of(images)), new Seed(7).generator());
        assertThat(gap(net, params, images))
                .isLessThan(0.02) // what is left: variances divide by n − 1
                .isLessThan(before / 10);
    }

    @Test
    void statisticsAreMeasuredAnewAfterTheLastMergeOnRequest() {
        double averaged = gapAfterTraining("{period: 2}");
        assertThat(gapAfterTraining("{period: 2, recalibrate_bn: true}"))
                .isLessThan(0.02)
                .isLessThan(averaged / 10);
    }

    private static double gapAfterTraining(String yaml) {
        var net = new ResNet(1, 4, List.of(1), Normalization.BATCH, 3);
        Map<String, Tensor> weights = net.initialize(new Seed(5).generator());
        weights.forEach((name, weight) -> weight.requires_grad_(!RunningStatistics.named(name)));
        var images = new Batch(Map.of(
                Batch.PIXEL_VALUES,
                torch.empty(12, 1, 8, 8).normal_(1, 2, Tensors.optional(new Seed(6).generator())),
                Batch.LABELS,
                Tensors.longs(new long[] {0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2})));
        BatchSource data = BatchSource.of(List.of(images));
        Task task = Task.of(net, Params.of(weights), data, new CrossEntropy(0));
        try (var stock = ModelStockTraining.of(config(yaml), task, SETTINGS, List.of(data))) {
            run(task.with(stock), SETTINGS);
        }
        return gap(net, Params.of(weights), images);
    }

    /** How far evaluation is from a training pass, relative. */
    private static double gap(ResNet net, Params params, Batch images) {
        try (var off = Tensors.noGrad()) {
            Tensor trained = net.forward(params, images, Pass.training(new Seed(7).generator()))
                    .logits();
            Tensor evaluated = net.forward(params, images, Pass.evaluation()).logits();
            return evaluated.sub(trained).norm().item_double() / trained.norm().item_double();
        }
    }

    @Test
    void theReportNamesAngleAndRatioOfEachTensor() throws IOException {
        StockHistory history = run(config("{period: 6}"), params(5), List.of(data(2)));
        Path file = directory.resolve("model_stock.json");
        history.write(file);
        var json = Configs.read(file);
        assertThat(json.path("config").path("granularity").asString()).isEqualTo("tensor");
        assertThat(json.path("merges")).hasSize(2);
        var row = json.path("merges").path(1).path("tensors").path(0);
        assertThat(row.path("tensor").asString()).isEqualTo("layers.0.weight");
        assertThat(row.path("t").asDouble()).isBetween(0.0, 1.0);
        assertThat(row.path("angle_deg").asDouble()).isBetween(0.0, 180.0);
        assertThat(row.path("delta_norms")).hasSize(2);
    }

    @Test
    void whatCannotBeMergedIsRefusedBeforeTheRun() {
        Params params = params(5);
        Task task = task(params, data(1));
        assertThatThrownBy(() -> ModelStockTraining.of(config("{replicas: 4}"), task, SETTINGS, List.of(data(2))))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("stock.replicas: 4");
        Task judged = task.evaluatedBy(Evaluator.of(data(7), new CrossEntropy(0), List.of()));
        assertThatThrownBy(() -> ModelStockTraining.of(config("{period: 3}"), judged, SETTINGS, List.of(data(2))))
                .hasMessageContaining("stock.period: 3")
                .hasMessageContaining("a divisor of the 4 steps between evaluations");
        var frozen = new LinkedHashMap<String, Tensor>();
        params.weights().forEach((name, tensor) -> frozen.put(name, tensor.detach()));
        Params adapted = Params.of(frozen)
                .parametrized(Map.of(
                        "layers.0.weight",
                        new org.counterweight.adapt.lowrank.LoraConfig(2, 2, false, 0, List.of("layers.0"))
                                .create(
                                        "layers.0",
                                        java.util.Objects.requireNonNull(frozen.get("layers.0.weight")),
                                        new Seed(1).generator())));
        assertThatThrownBy(
                        () -> ModelStockTraining.of(config("{}"), task(adapted, data(1)), SETTINGS, List.of(data(2))))
                .hasMessageContaining("stock merges weights, but the run trains layers.0.lora_");
        Task counted = task(params.tapped(Map.of("layers.0", new Counted(Tensors.zeros(1)))), data(1));
        assertThatThrownBy(() -> ModelStockTraining.of(config("{}"), counted, SETTINGS, List.of(data(2))))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("stock merges weights, but the data moves layers.0.rows");
    }

    /** A tap that remembers something of the data. */
    private record Counted(Tensor rows) implements Tap {
        @Override
        public Tensor apply(String point, Tensor in, Tensor out, Pass pass) {
            return out;
        }

        @Override
        public Map<String, Tensor> trainables() {
            return Map.of();
        }

        @Override
        public Tap with(Map<String, Tensor> tensors) {
            return this;
        }

        @Override
        public Map<String, Tensor> statistics() {
            return Map.of("rows", rows);
        }

        @Override
        public Map<String, Tensor> tensors() {
            return statistics();
        }
    }
}
