package org.counterweight.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.config.ConfigException;
import org.counterweight.data.BatchSource;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Params;
import org.counterweight.train.event.Moment;
import org.counterweight.train.event.TrainingEvents;
import org.counterweight.train.measure.Evaluation;
import org.counterweight.train.measure.Evaluator;
import org.counterweight.train.objective.CrossEntropy;
import org.counterweight.train.objective.Regularizer;
import org.counterweight.train.state.Checkpoint;
import org.counterweight.train.state.TrainingException;
import org.counterweight.train.weigh.Weigher;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrainerTest {
    private static final TrainingListener SILENT = new TrainingListener() {};

    @TempDir
    Path directory;

    private static Task task(Tiny model, Params params, int batches) {
        BatchSource data = BatchSource.of(model.batches(1, batches, 8));
        BatchSource heldOut = BatchSource.of(model.batches(2, 4, 32));
        var objective = new CrossEntropy(0);
        return Task.of(model, params, data, objective).evaluatedBy(Evaluator.of(heldOut, objective, List.of()));
    }

    private static TrainingResult run(Task task, TrainConfig config) {
        try (var trainer = new Trainer(task, config, SILENT, null)) {
            return trainer.run();
        }
    }

    /** Something that spoils the model at step 20, as one does that takes parameters away. */
    private static final TrainingEvents CUTS_AT_20 = new TrainingEvents() {
        @Override
        public void afterStep(Moment moment) {
            if (moment.step() + 1 == 20) {
                try (var off = Tensors.noGrad()) {
                    moment.trainables().values().forEach(tensor -> tensor.mul_(Tensors.scalar(0)));
                }
            }
        }

        @Override
        public long settledAfter() {
            return 20;
        }
    };

    @Test
    void theBestIsSoughtAmongWeightsOfTheFinalForm() {
        try (var scope = Scope.open()) {
            Tiny model = Tiny.model();
            Task task = task(model, model.params(5), 20).with(CUTS_AT_20);
            TrainConfig config =
                    TrainConfig.of("{max_steps: 24, lr: 0.02, eval_every: 2, patience: 2, precision: float32}");
            TrainingResult result = run(task, config);
            assertThat(result.steps()).isEqualTo(24); // a loss that grew before counts for nothing
            assertThat(result.bestStep()).isBetween(20L, 24L);
        }
    }

    @Test
    void everyEpochHasBatchesOfItsOwn() {
        try (var scope = Scope.open()) {
            Tiny model = Tiny.model();
            List<Batch> batches = model.batches(1, 3, 8);
            var asked = new ArrayList<String>();
            BatchSource data = BatchSource.of(3, epoch -> place -> {
                asked.add(epoch + "." + place);
                return batches.get(place);
            });
            Task task = Task.of(model, model.params(5), data, new CrossEntropy(0));
            run(task, TrainConfig.of("{epochs: 2, precision: float32}"));
            assertThat(asked).containsExactly("0.0", "0.1", "0.2", "1.0", "1.1", "1.2");
        }
    }

    private static final String PLAIN = "precision: float32, schedule: constant, warmup: 0, weight_decay: 0";

    @Test
    void learns() {
        try (var scope = Scope.open()) {
            Tiny model = Tiny.model();
            Task task = task(model, model.params(5), 20);
            TrainingResult result = run(task, TrainConfig.of("{epochs: 10, lr: 0.02, precision: float32}"));
            assertThat(result.steps()).isEqualTo(200);
            assertThat(Objects.requireNonNull(result.evaluation()).metric("accuracy"))
                    .isGreaterThan(0.85);
        }
    }

    /** Broken off after any step, in mid-epoch too, and taken up by a new trainer over fresh weights. */
    @ParameterizedTest
    @CsvSource({"1, ", "4, ", "7, ", "10, ", "11, ", "7, ', average: {kind: ema, decay: 0.9}'"})
    void aResumedRunEndsWithTheSameBits(int breakAfter, @Nullable String more) {
        try (var scope = Scope.open()) {
            Tiny model = Tiny.model();
            TrainConfig config =
                    TrainConfig.of("{epochs: 4, lr: 0.05, accumulation: 2, eval_every: 3, best_by: accuracy"
                            + (more == null ? "" : more) + "}");
            Params whole = model.params(5);
            TrainingResult unbroken = run(task(model, whole, 7), config);

            Path file = directory.resolve("checkpoint.safetensors");
            Task first = task(model, model.params(5), 7);
            Trainer[] stopper = new Trainer[1];
            stopper[0] = new Trainer(
                    first,
                    config,
                    new TrainingListener() {
                        @Override
                        public void stepped(StepReport report) {
                            if (report.step() == breakAfter) {
                                stopper[0].stop();
                            }
                        }
                    },
                    file);
            TrainingResult broken = stopper[0].run();
            stopper[0].close();
            assertThat(broken.interrupted()).isTrue();
            assertThat(broken.steps()).isEqualTo(breakAfter);

            Params resumed = model.params(99);
            TrainingResult result;
            try (var trainer = new Trainer(task(model, resumed, 7), config, SILENT, file)) {
                assertThat(trainer.resume()).isTrue();
                result = trainer.run();
            }
            assertThat(result.steps()).isEqualTo(unbroken.steps());
            assertThat(result.bestStep()).isEqualTo(unbroken.bestStep());
            assertThat(Objects.requireNonNull(result.evaluation()).all())
                    .isEqualTo(Objects.requireNonNull(unbroken.evaluation()).all());
            whole.weights()
                    .forEach((name, tensor) ->
                            assertTensor(resumed.weight(name)).as(name).isEqualTo(tensor));
        }
    }

    /** The mean after the last step, computed beside the run; what a run leaves and judges, and no step goes on from. */
    @Test
    void anAverageIsWhatARunEndsWith() {
        try (var scope = Scope.open()) {
            Tiny model = Tiny.model();
            Params plain = model.params(5);
            Params averaged = model.params(5);
            var mean = new LinkedHashMap<String, Tensor>();
            TrainingEvents beside = new TrainingEvents() {
                @Override
                public void afterStep(Moment moment) {
                    try (var off = Tensors.noGrad()) {
                        moment.trainables().forEach((name, tensor) -> {
                            Tensor before = mean.get(name);
                            Tensor now = before == null
                                    ? tensor.detach().clone()
                                    : Tensors.times(before, 0.75).add(Tensors.times(tensor.detach(), 0.25));
                            mean.put(name, scope.keep(now));
                        });
                    }
                }
            };
            String settings = "epochs: 3, lr: 0.05, keep_best: false, precision: float32";
            run(task(model, plain, 4).with(beside), TrainConfig.of("{" + settings + "}"));
            TrainingResult result = run(
                    task(model, averaged, 4), TrainConfig.of("{" + settings + ", average: {kind: ema, decay: 0.75}}"));
            mean.forEach((name, tensor) ->
                    assertTensor(averaged.weight(name).detach()).as(name).isCloseTo(tensor, 1e-6, 1e-7));
            Evaluator evaluator =
                    Objects.requireNonNull(task(model, averaged, 4).evaluator());
            assertThat(Objects.requireNonNull(result.evaluation()).loss())
                    .isEqualTo(evaluator.evaluate(model, averaged).loss());
        }
    }

    /** One whose settings were written before there were so many. */
    @Test
    void aCheckpointThatLacksASettingHadItsDefault() {
        try (var scope = Scope.open()) {
            Tiny model = Tiny.model();
            Path file = directory.resolve("checkpoint.safetensors");
            try (var trainer = new Trainer(
                    task(model, model.params(5), 2), TrainConfig.of("{checkpoint_every: 1}"), SILENT, file)) {
                trainer.advance(1);
            }
            Checkpoint written = Checkpoint.read(file);
            for (String key : List.of("sampler", "average", "metrics")) {
                written.config().remove(key);
            }
            written.write(file);
            try (var trainer = new Trainer(task(model, model.params(5), 2), TrainConfig.of(""), SILENT, file)) {
                assertThat(trainer.resume()).isTrue();
            }
            TrainConfig other = TrainConfig.of("average: ema");
            try (var trainer = new Trainer(task(model, model.params(5), 2), other, SILENT, file)) {
                assertThatThrownBy(trainer::resume)
                        .isInstanceOf(TrainingException.class)
                        .hasMessageContaining(
                                "was written by a run with average: null, this one has {\"kind\":\"ema\"");
            }
        }
    }

    @Test
    void resumingWithOtherSettingsIsRefused() {
        try (var scope = Scope.open()) {
            Tiny model = Tiny.model();
            Path file = directory.resolve("checkpoint.safetensors");
            try (var trainer = new Trainer(
                    task(model, model.params(5), 2), TrainConfig.of("{checkpoint_every: 1}"), SILENT, file)) {
                trainer.run();
            }
            try (var trainer =
                    new Trainer(task(model, model.params(5), 2), TrainConfig.of("{lr: 0.5}"), SILENT, file)) {
                assertThatThrownBy(trainer::resume)
                        .isInstanceOf(TrainingException.class)
                        .hasMessageContaining("lr: 0.001")
                        .hasMessageContaining("0.5");
            }
        }
    }

    /** Batches of unequal size too: four batches accumulated are one large batch. */
    @ParameterizedTest
    @ValueSource(strings = {"batch", "step"})
    void accumulatedBatchesAreOneLargeBatch(String weighed) {
        try (var scope = Scope.open()) {
            Tiny model = new Tiny(4, 8, 3, 0); // dropout would draw otherwise for the large batch
            List<Batch> small = new ArrayList<>(model.batches(1, 3, 8));
            small.addAll(model.batches(7, 1, 3));
            Params one = model.params(5);
            Params many = model.params(5);
            run(
                    Task.of(model, one, BatchSource.of(List.of(joined(small))), new CrossEntropy(0)),
                    TrainConfig.of("{max_steps: 3, optimizer: {name: sgd}, lr: 0.5, " + PLAIN + "}"));
            run(
                    Task.of(model, many, BatchSource.of(small), new CrossEntropy(0)),
                    TrainConfig.of("{max_steps: 3, accumulation: 4, optimizer: {name: sgd}, lr: 0.5, weighed: "
                            + weighed + ", " + PLAIN + "}"));
            one.weights()
                    .forEach((name, tensor) ->
                            assertTensor(many.weight(name).detach()).as(name).isCloseTo(tensor.detach(), 1e-5, 1e-6));
        }
    }

    private static Batch joined(List<Batch> batches) {
        var all = new LinkedHashMap<String, Tensor>();
        for (String name : batches.get(0).tensors().keySet()) {
            Tensor[] parts = batches.stream().map(batch -> batch.get(name)).toArray(Tensor[]::new);
            all.put(name, torch.cat(new TensorVector(parts), 0));
        }
        return new Batch(all);
    }

    @Test
    void patienceEndsARunThatDoesNotImproveAndTheBestWeightsComeBack() {
        try (var scope = Scope.open()) {
            Tiny model = Tiny.model();
            Params params = model.params(5);
            var evaluations = new ArrayList<Double>();
            var config = TrainConfig.of(
                    "{epochs: 50, lr: 3.0, patience: 2, optimizer: {name: sgd}, clip: null, " + PLAIN + "}");
            Task task = task(model, params, 3);
            try (var trainer = new Trainer(
                    task,
                    config,
                    new TrainingListener() {
                        @Override
                        public void evaluated(long step, Evaluation evaluation) {
                            evaluations.add(evaluation.loss());
                        }
                    },
                    null)) {
                TrainingResult result = trainer.run();
                assertThat(result.steps()).isLessThan(150).isEqualTo(result.bestStep() + 6);
                double best =
                        evaluations.stream().mapToDouble(loss -> loss).min().orElseThrow();
                assertThat(Objects.requireNonNull(result.evaluation()).loss()).isEqualTo(best);
            }
        }
    }

    @Test
    void eventsComeInOrderAndSeeGradients() {
        try (var scope = Scope.open()) {
            Tiny model = Tiny.model();
            var order = new ArrayList<String>();
            TrainingEvents events = new TrainingEvents() {
                @Override
                public void beforeEpoch(Moment moment) {
                    order.add("before epoch " + moment.epoch());
                }

                @Override
                public void beforeStep(Moment moment, List<Batch> batches) {
                    order.add("before step " + moment.step() + " of " + batches.size() + " batch");
                }

                @Override
                public void afterBackward(Moment moment) {
                    assertThat(moment.gradient("last.weight").defined()).isTrue();
                    order.add("backward " + moment.step());
                }

                @Override
                public void afterStep(Moment moment) {
                    order.add("step " + moment.step());
                }

                @Override
                public void afterEpoch(Moment moment) {
                    order.add("epoch " + moment.epoch());
                }
            };
            run(task(model, model.params(5), 2).with(events), TrainConfig.of("{epochs: 2}"));
            assertThat(order)
                    .containsExactly(
                            "before epoch 0",
                            "before step 0 of 1 batch",
                            "backward 0",
                            "step 0",
                            "before step 1 of 1 batch",
                            "backward 1",
                            "step 1",
                            "epoch 0",
                            "before epoch 1",
                            "before step 2 of 1 batch",
                            "backward 2",
                            "step 2",
                            "before step 3 of 1 batch",
                            "backward 3",
                            "step 3",
                            "epoch 1");
        }
    }

    @Test
    void anEpochBeginsOnceHoweverOftenTheRunIsTakenUp() {
        try (var scope = Scope.open()) {
            Tiny model = Tiny.model();
            Path file = directory.resolve("checkpoint.safetensors");
            var epochs = new ArrayList<Integer>();
            TrainingEvents counting = new TrainingEvents() {
                @Override
                public void beforeEpoch(Moment moment) {
                    epochs.add(moment.epoch());
                }
            };
            for (long end = 1; end <= 6; end++) { // broken off after every step
                try (var trainer = new Trainer(
                        task(model, model.params(5), 2).with(counting),
                        TrainConfig.of("{epochs: 3, checkpoint_every: 1}"),
                        SILENT,
                        file)) {
                    trainer.resume();
                    trainer.advance(end);
                }
            }
            assertThat(epochs).containsExactly(0, 1, 2);
        }
    }

    /** What is judged, best and left at the end are the values that an event gives; training goes on from its own. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void evaluationsSeeWhatEventsGiveThem(boolean keepBest) {
        try (var scope = Scope.open()) {
            Tiny model = Tiny.model();
            Params plain = model.params(5);
            Params judged = model.params(5);
            var seen = new ArrayList<Evaluation>();
            var zeros = new LinkedHashMap<String, Tensor>();
            judged.trainables().forEach((name, tensor) -> zeros.put(name, torch.zeros_like(tensor.detach())));
            TrainingEvents zeroed = new TrainingEvents() {
                @Override
                public Map<String, Tensor> forEvaluation(Map<String, Tensor> present) {
                    return zeros;
                }
            };
            TrainConfig config = TrainConfig.of("{epochs: 2, keep_best: " + keepBest + ", precision: float32}");
            try (var trainer = new Trainer(
                    task(model, judged, 3).with(zeroed),
                    config,
                    new TrainingListener() {
                        @Override
                        public void evaluated(long step, Evaluation evaluation) {
                            seen.add(evaluation);
                        }
                    },
                    null)) {
                trainer.advance(6);
                try (var other = new Trainer(task(model, plain, 3), config, SILENT, null)) {
                    other.advance(6);
                }
                plain.weights()
                        .forEach((name, tensor) -> assertTensor(
                                        judged.weight(name).detach())
                                .as(name)
                                .isEqualTo(tensor.detach()));
                trainer.run();
            }
            assertThat(seen)
                    .hasSize(2)
                    .allSatisfy(evaluation -> assertThat(evaluation.loss()).isCloseTo(Math.log(3), within(1e-6)));
            judged.weights()
                    .forEach((name, tensor) ->
                            assertTensor(tensor.detach()).as(name).isEqualTo(zeros.get(name)));
        }
    }

    @Test
    void aPenaltyIsPartOfTheLossAndItsGradient() {
        try (var scope = Scope.open()) {
            Tiny model = Tiny.model();
            Params params = model.params(5);
            var losses = new ArrayList<StepReport>();
            Regularizer pull =
                    (p, step) -> Tensors.times(p.weight("last.weight").square().sum(), 100);
            Task task = task(model, params, 1).with(pull);
            double expected = 100 * params.weight("last.weight").square().sum().item_double();
            try (var trainer = new Trainer(
                    task,
                    TrainConfig.of("{max_steps: 1, clip: null}"),
                    new TrainingListener() {
                        @Override
                        public void stepped(StepReport report) {
                            losses.add(report);
                        }
                    },
                    null)) {
                trainer.run();
            }
            StepReport report = losses.get(0);
            assertThat(report.loss() - report.meanLoss()).isCloseTo(expected, within(expected * 1e-5));
            assertThat(report.gradientNorm()).isGreaterThan(100);
        }
    }

    @Test
    void lossesThatAreNotFiniteNameTheirRows() {
        try (var scope = Scope.open()) {
            Tiny model = Tiny.model();
            Batch good = model.batches(1, 1, 4).get(0);
            Tensor x = good.get("x").clone();
            x.select(0, 2).fill_(Tensors.scalar(Double.NaN));
            Batch bad = good.with("x", x).with(Batch.ROW, Tensors.longs(new long[] {10, 11, 12, 13}));
            Task task = Task.of(model, model.params(5), BatchSource.of(List.of(bad)), new CrossEntropy(0));
            assertThatThrownBy(() -> run(task, TrainConfig.of("{max_steps: 1}")))
                    .isInstanceOf(TrainingException.class)
                    .hasMessageContaining("step 1: the loss is not finite; rows 12 of the data");

            Weigher dropping = rows -> {
                Tensor finite = rows.losses().isfinite().to(rows.losses().scalar_type());
                return finite.div(finite.sum());
            };
            Params dropped = model.params(5);
            Params without = model.params(5);
            var three = new LinkedHashMap<String, Tensor>();
            good.tensors()
                    .forEach((name, tensor) ->
                            three.put(name, tensor.index_select(0, Tensors.longs(new long[] {0, 1, 3}))));
            Tiny sure = new Tiny(4, 8, 3, 0);
            var config = TrainConfig.of("{max_steps: 1, " + PLAIN + "}");
            run(
                    Task.of(sure, dropped, BatchSource.of(List.of(bad)), new CrossEntropy(0))
                            .weighedBy(dropping),
                    config);
            run(Task.of(sure, without, BatchSource.of(List.of(new Batch(three))), new CrossEntropy(0)), config);
            without.weights()
                    .forEach((name, tensor) -> assertTensor(dropped.weight(name).detach())
                            .as(name)
                            .isCloseTo(tensor.detach(), 1e-6, 1e-7));
        }
    }

    @Test
    void nothingToTrainIsRefused() {
        try (var scope = Scope.open()) {
            Tiny model = Tiny.model();
            Params frozen = Params.of(model.initialize(new org.counterweight.engine.Seed(1).generator()));
            assertThatThrownBy(() -> run(task(model, frozen, 1), TrainConfig.of("")))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("nothing to train");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "epochs: 0",
                "lr: 0",
                "lr: -1",
                "lr: .nan",
                "batch_size: 0",
                "accumulation: 0",
                "clip: 0",
                "warmup: -1",
                "patience: -1",
                "best_by: f1",
                "weight_decay: -0.1",
                "max_steps: 0",
                "schedule: cosinus",
                "optimizer: {name: adamax}",
                "optimizer: {beta1: 1.0}",
                "groups: [{nmes: x}]",
                "precision: fp16"
            })
    void wrongSettingsNameThemselves(String setting) {
        String key = setting.startsWith("groups")
                ? "nmes"
                : setting.replaceAll("optimizer: \\{", "").split(":")[0];
        assertThatThrownBy(() -> TrainConfig.of("{" + setting + "}"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(key);
    }

    @Test
    void figuresGoToALineEachAndAResumedRunDropsLaterLines() throws IOException {
        try (var scope = Scope.open()) {
            Tiny model = Tiny.model();
            Path file = directory.resolve("metrics.jsonl");
            try (var metrics = new MetricsFile(file, 0);
                    var trainer = new Trainer(
                            task(model, model.params(5), 2), TrainConfig.of("{epochs: 2}"), metrics, null)) {
                trainer.run();
            }
            List<String> lines = Files.readAllLines(file);
            assertThat(lines).hasSize(6);
            assertThat(lines.get(0)).startsWith("{\"step\":1,\"epoch\":0,\"loss\":");
            assertThat(lines.get(2))
                    .startsWith("{\"step\":2,\"evaluation\":{\"loss\":")
                    .contains("macro_f1");
            Files.writeString(file, Files.readString(file) + "{\"step\":5,\"lo");
            new MetricsFile(file, 3).close();
            assertThat(Files.readAllLines(file)).isEqualTo(lines.subList(0, 4));
        }
    }

    @Test
    void bf16ProductsLearnToo() {
        try (var scope = Scope.open()) {
            Tiny model = Tiny.model();
            Task task = task(model, model.params(5), 20);
            TrainingResult result = run(task, TrainConfig.of("{epochs: 8, lr: 0.02, precision: bf16}"));
            assertThat(Objects.requireNonNull(result.evaluation()).metric("accuracy"))
                    .isGreaterThan(0.8);
        }
    }
}
