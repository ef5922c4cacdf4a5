package org.counterweight.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.data.BatchSource;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.train.event.Moment;
import org.counterweight.train.objective.CrossEntropy;
import org.counterweight.train.objective.Objective;
import org.counterweight.train.state.TrainingException;
import org.counterweight.train.weigh.Rows;
import org.counterweight.train.weigh.Scale;
import org.counterweight.train.weigh.Uniform;
import org.counterweight.train.weigh.Weigher;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a step minimises: rows on either scale, and what stands beside them. */
class StepLossTest {
    private static final String PLAIN =
            "max_steps: 4, lr: 0.5, precision: float32, schedule: constant, warmup: 0, weight_decay: 0, clip: null,"
                    + " optimizer: {name: sgd}";

    private static List<StepReport> run(Task task, String settings) {
        var reports = new ArrayList<StepReport>();
        TrainingListener listener = new TrainingListener() {
            @Override
            public void stepped(StepReport report) {
                reports.add(report);
            }
        };
        try (var trainer = new Trainer(task, TrainConfig.of("{" + PLAIN + settings + "}"), listener, null)) {
            trainer.run();
        }
        return reports;
    }

    private static Task task(Tiny model, Params params) {
        List<Batch> batches = new ArrayList<>();
        for (Batch batch : model.batches(1, 4, 6)) {
            Tensor labels = batch.labels().clone();
            labels.select(0, batches.size())
                    .fill_(Tensors.scalar(CrossEntropy.IGNORED)); // a row with nothing to predict
            batches.add(batch.with(Batch.LABELS, labels));
        }
        return Task.of(model, params, BatchSource.of(batches), new CrossEntropy(0));
    }

    /** The same weight for each row, on the scale of the batch's mean. */
    private record Factor(double factor) implements Weigher {
        @Override
        public Tensor weights(Rows rows) {
            return torch.full_like(rows.losses(), Tensors.scalar(factor));
        }

        @Override
        public Scale scale() {
            return Scale.BATCH_MEAN;
        }
    }

    @ParameterizedTest
    @CsvSource({
        "batch, plain, 1",
        "batch, token, 1",
        "batch, plain, 3",
        "step, plain, 3",
        "step, token, 3",
        "batch, token, 3"
    })
    void weightsOfOneOnTheBatchesMeanAreUniformToTheBit(String weighed, String norm, int accumulation) {
        try (var scope = Scope.open()) {
            Tiny model = Tiny.model();
            Params uniform = model.params(5);
            Params ones = model.params(5);
            String settings = ", weighed: " + weighed + ", length_norm: " + norm + ", accumulation: " + accumulation;
            List<StepReport> expected = run(task(model, uniform).weighedBy(new Uniform()), settings);
            List<StepReport> found = run(task(model, ones).weighedBy(new Factor(1)), settings);
            for (int i = 0; i < expected.size(); i++) {
                assertThat(found.get(i).loss()).isEqualTo(expected.get(i).loss());
                assertThat(found.get(i).spread()).isEqualTo(expected.get(i).spread());
            }
            uniform.weights()
                    .forEach((name, tensor) ->
                            assertTensor(ones.weight(name).detach()).as(name).isEqualTo(tensor.detach()));
        }
    }

    @Test
    void onTheBatchesMeanAFactorOfAllRowsIsAFactorOfTheLoss() {
        try (var scope = Scope.open()) {
            Tiny model = Tiny.model();
            double one = run(task(model, model.params(5)).weighedBy(new Factor(1)), "")
                    .get(0)
                    .loss();
            StepReport three = run(task(model, model.params(5)).weighedBy(new Factor(3)), "")
                    .get(0);
            assertThat(three.loss()).isCloseTo(3 * one, within(1e-6));
            assertThat(three.spread().effectiveRows()).isCloseTo(5, within(1e-6)); // the sixth predicts nothing
            StepReport none = run(task(model, model.params(5)).weighedBy(new Factor(0)), "")
                    .get(0);
            assertThat(none.loss()).isZero();
            assertThat(none.spread().effectiveRows()).isZero();
        }
    }

    /** Cross-entropy, and beside it a pull of the logits towards 0 that grows with the steps. */
    private record Pulled(double factor) implements Objective {
        @Override
        public Losses losses(Model model, Params params, Batch batch, Pass pass) {
            return new CrossEntropy(0).losses(model, params, batch, pass);
        }

        @Override
        public Losses losses(Model model, Params params, Batch batch, Pass pass, Moment at) {
            Tensor pull = params.weight("last.weight").square().sum();
            return losses(model, params, batch, pass).with(Tensors.times(pull, factor * (1 + at.step())));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ", accumulation: 4", ", accumulation: 4, weighed: step"})
    void aTermBesideTheRowsIsAddedOnceWhateverTheWeights(String settings) {
        try (var scope = Scope.open()) {
            Tiny model = Tiny.model();
            Params penalized = model.params(5);
            Params pulled = model.params(5);
            Task task = task(model, penalized)
                    .with((params, step) ->
                            Tensors.times(params.weight("last.weight").square().sum(), 0.1 * (1 + step)));
            List<StepReport> expected = run(task, settings);
            List<StepReport> found = run(task(model, pulled).towards(new Pulled(0.1)), settings);
            for (int i = 0; i < expected.size(); i++) {
                assertThat(found.get(i).loss()).isCloseTo(expected.get(i).loss(), within(1e-5));
            }
            penalized
                    .weights()
                    .forEach((name, tensor) ->
                            assertTensor(pulled.weight(name).detach()).as(name).isCloseTo(tensor.detach(), 1e-5, 1e-6));
        }
    }

    @Test
    void aTermThatIsNotFiniteIsNotBlamedOnRows() {
        try (var scope = Scope.open()) {
            Tiny model = Tiny.model();
            Task task = task(model, model.params(5)).towards(new Pulled(Double.POSITIVE_INFINITY));
            assertThatThrownBy(() -> run(task, ""))
                    .isInstanceOf(TrainingException.class)
                    .hasMessageContaining("step 1: the term beside the rows' losses is not finite");
        }
    }

    private static List<Batch> without(List<Batch> batches, IntPredicate labels) {
        var all = new ArrayList<Batch>();
        for (int i = 0; i < batches.size(); i++) {
            Tensor none = torch.full_like(batches.get(i).labels(), Tensors.scalar(CrossEntropy.IGNORED));
            all.add(labels.test(i) ? batches.get(i) : batches.get(i).with(Batch.LABELS, none));
        }
        return all;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ", length_norm: token",
                ", accumulation: 2",
                ", accumulation: 2, length_norm: token",
                ", accumulation: 2, weighed: step, length_norm: token"
            })
    void stepsWithNothingToPredictTeachNothing(String settings) {
        try (var scope = Scope.open()) {
            Tiny model = Tiny.model();
            Params params = model.params(5);
            Params before = model.params(5);
            BatchSource empty = BatchSource.of(without(model.batches(1, 4, 6), i -> false));
            List<StepReport> found = run(
                    Task.of(model, params, empty, new CrossEntropy(0)).weighedBy(rows -> {
                        throw new TrainingException("no row has anything to predict");
                    }),
                    settings);
            assertThat(found).allMatch(report -> report.loss() == 0 && report.gradientNorm() == 0);
            assertThat(found).allMatch(report -> report.units() == 0);
            params.weights()
                    .forEach((name, tensor) -> assertTensor(tensor.detach())
                            .as(name)
                            .isEqualTo(before.weight(name).detach()));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ", length_norm: token", ", weighed: step", ", weighed: step, length_norm: token"})
    void aBatchWithNothingToPredictCountsNothingBesideAnother(String settings) {
        try (var scope = Scope.open()) {
            Tiny model = Tiny.model();
            List<Batch> batches = model.batches(1, 4, 6);
            List<Batch> full = List.of(batches.get(0), batches.get(2));
            StepReport alone = run(Task.of(model, model.params(5), BatchSource.of(full), new CrossEntropy(0)), "")
                    .get(0);
            StepReport beside = run(
                            Task.of(
                                    model,
                                    model.params(5),
                                    BatchSource.of(without(batches, i -> i % 2 == 0)),
                                    new CrossEntropy(0)),
                            ", accumulation: 2" + settings)
                    .get(0);
            assertThat(beside.loss()).isCloseTo(alone.loss(), within(1e-6));
            assertThat(beside.gradientNorm()).isCloseTo(alone.gradientNorm(), within(1e-5));
        }
    }
}
