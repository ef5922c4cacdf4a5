package org.counterweight.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
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
import org.counterweight.train.state.TrainingException;
import org.counterweight.train.weigh.Weigher;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrainerTest {
    static final TrainingListener SILENT = new TrainingListener() {};

    @TempDir
    Path directory;

    static Task task(Tiny model, Params params, int batches) {
        BatchSource data = BatchSource.of(model.batches(1, batches, 8));
        BatchSource heldOut = BatchSource.of(model.batches(2, 4, 32));
        var objective = new CrossEntropy(0);
        return Task.of(model, params, data, objective).evaluatedBy(Evaluator.of(heldOut, objective, List.of()));
    }

    static TrainingResult run(Task task, TrainConfig config) {
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

    static final String PLAIN = "precision: float32, schedule: constant, warmup: 0, weight_decay: 0";

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
