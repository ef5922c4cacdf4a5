package org.counterweight.reparametrize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.data.BatchSource;
import org.counterweight.engine.Scope;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.train.StepReport;
import org.counterweight.train.Task;
import org.counterweight.train.TrainConfig;
import org.counterweight.train.Trainer;
import org.counterweight.train.TrainingListener;
import org.counterweight.train.event.TrainingEvents;
import org.counterweight.train.objective.CrossEntropy;
import org.counterweight.train.part.PartReport;
import org.counterweight.train.part.Run;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Reparametrized models in the trainer: broken off and resumed, with rates and decays of their own, started from the data. */
class ReparametrizedTrainingTest {
    private static final String TRAIN =
            "{epochs: 4, lr: 0.05, precision: float32, optimizer: {name: sgd, momentum: 0.9}, weight_decay: 0.01,"
                    + " checkpoint_every: 5, clip: null}";

    @TempDir
    Path directory;

    /** What came of a run. */
    private record Ran(Map<String, Tensor> folded, List<PartReport> reports, List<Double> losses) {}

    private static BatchSource data(Model model) {
        var batches = new ArrayList<Batch>();
        for (int i = 0; i < 3; i++) {
            batches.add(Models.batch(model, ScalarType.Float, 6 + i));
        }
        return BatchSource.of(batches);
    }

    private static Ran train(
            Model model, String method, String settings, String train, @Nullable Path checkpoint, long stop) {
        Reparametrization reparametrization = Models.method(method, settings);
        Params params = reparametrization.attach(model, Models.params(model, ScalarType.Float));
        BatchSource data = data(model);
        TrainConfig config = TrainConfig.of(train);
        var losses = new ArrayList<Double>();
        var trainers = new ArrayList<Trainer>();
        var listener = new TrainingListener() {
            @Override
            public void stepped(StepReport step) {
                losses.add(step.loss());
                if (step.step() == stop) {
                    trainers.get(0).stop();
                }
            }
        };
        Task task = Task.of(model, params, data, new CrossEntropy(0));
        Run run = reparametrization.join(new Run(task, config, i -> data, listener));
        try (var trainer = new Trainer(run.task(), run.config(), listener, checkpoint)) {
            trainers.add(trainer);
            trainer.resume();
            trainer.run();
            var copies = new LinkedHashMap<String, Tensor>();
            params.materialized()
                    .forEach((name, tensor) -> copies.put(name, tensor.detach().clone()));
            return new Ran(copies, run.reports(), losses);
        } finally {
            run.task().events().forEach(TrainingEvents::close);
        }
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "weight_norm | {mean_only_bn: true, data_init: {}, decay: v}",
                "weight_norm | {mode: optimizer, decay: g}",
                "weight_compander | {learn_ab: true, init: inverse}",
                "weight_compander | {anneal: 8.0, ab_scope: global}",
                "weight_compander | {start_epoch: 2, ab_scope: channel}",
                "weight_compander | {learn_ab: true, ab_scope: global, decay_on: w}",
                "data_init | {}"
            })
    void aBrokenRunEndsWithTheSameNumbers(String method, String settings) {
        try (var scope = Scope.open()) {
            Model model = Models.named("convnet");
            Ran whole = train(model, method, settings, TRAIN, directory.resolve("whole.safetensors"), -1);
            Path checkpoint = directory.resolve("broken.safetensors");
            train(model, method, settings, TRAIN, checkpoint, 5);
            Ran resumed = train(model, method, settings, TRAIN, checkpoint, -1);
            resumed.folded()
                    .forEach((name, tensor) -> assertTensor(tensor)
                            .as(name)
                            .isEqualTo(whole.folded().get(name)));
            assertThat(resumed.losses()).isEqualTo(whole.losses().subList(5, 12));
            for (int i = 0; i < whole.reports().size(); i++) {
                PartReport one = whole.reports().get(i);
                PartReport other = resumed.reports().get(i);
                assertThat(other.sections()).usingRecursiveComparison().isEqualTo(one.sections());
                assertThat(other.announcement()).isEqualTo(one.announcement());
            }
        }
    }

    /** Products in bf16, of weights that are computed, trained and kept in float32. */
    @ParameterizedTest(name = "{0}, {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "convnet | {data_init: {}}",
                "convnet | {param_form: log}",
                "convnet | {mode: optimizer}",
                "bert | {mean_only_bn: true}",
                "gru | {}"
            })
    void trainsInBf16(String name, String settings) {
        try (var scope = Scope.open()) {
            Model model = Models.named(name);
            Ran ran = train(
                    model,
                    "weight_norm",
                    settings,
                    "{epochs: 12, lr: 0.02, precision: bf16, optimizer: {name: adam}}",
                    null,
                    -1);
            List<Double> losses = ran.losses();
            assertThat(losses).allMatch(Double::isFinite);
            assertThat(losses.get(losses.size() - 1)).isLessThan(losses.get(0));
            ran.folded()
                    .forEach((weight, tensor) -> assertThat(tensor.scalar_type().intern())
                            .as(weight)
                            .isEqualTo(ScalarType.Float));
        }
    }

    @Test
    void theIdentityIsPlainTrainingStepByStep() {
        try (var scope = Scope.open()) {
            Model model = Models.named("mlp");
            Ran identity = train(model, "weight_compander", "psi: identity", TRAIN, null, -1);
            Params plain = Models.params(model, ScalarType.Float);
            var losses = new ArrayList<Double>();
            Task task = Task.of(model, plain, data(model), new CrossEntropy(0));
            var listener = new TrainingListener() {
                @Override
                public void stepped(StepReport step) {
                    losses.add(step.loss());
                }
            };
            try (var trainer = new Trainer(task, TrainConfig.of(TRAIN), listener, null)) {
                trainer.run();
            }
            assertThat(identity.losses()).isEqualTo(losses);
            identity.folded()
                    .forEach((name, tensor) -> assertTensor(tensor)
                            .as(name)
                            .isEqualTo(plain.weight(name).detach()));
        }
    }

    @Test
    void gAndVDoNotDecayUnlessTheyAreToldTo() {
        Model model = Models.named("mlp");
        try (var scope = Scope.open()) {
            for (var expected : Map.of(
                            "{}", "0 0",
                            "{decay: v}", "0 1",
                            "{decay: g}", "1 0",
                            "{decay: g, param_form: log}", "1 0",
                            "{decay: w}", "0 0")
                    .entrySet()) {
                Reparametrization method = Models.method("weight_norm", expected.getKey());
                Params params = method.attach(model, Models.params(model, ScalarType.Float));
                BatchSource data = data(model);
                Task task = Task.of(model, params, data, new CrossEntropy(0));
                Run run = method.join(
                        new Run(task, TrainConfig.of("{weight_decay: 1.0}"), i -> data, new TrainingListener() {}));
                String length = expected.getKey().contains("log") ? "log_g" : "original0";
                String found = decay(run, params, length) + " " + decay(run, params, "original1");
                assertThat(found).as(expected.getKey()).isEqualTo(expected.getValue());
                assertThat(run.task().regularizers()).hasSize(expected.getKey().contains("w}") ? 1 : 0);
                run.task().events().forEach(TrainingEvents::close);
            }
        }
    }

    private static Tensor trainable(Params params, String name) {
        return Objects.requireNonNull(params.trainables().get(name), name);
    }

    private static long decay(Run run, Params params, String part) {
        String name = "layers.0.parametrizations.weight." + part;
        return Math.round(run.config().parameter(name, trainable(params, name)).weightDecay());
    }

    @Test
    void aAndBHaveARateOfTheirOwnAndNeverDecay() {
        Model model = Models.named("mlp");
        try (var scope = Scope.open()) {
            Reparametrization method = Models.method("weight_compander", "{learn_ab: true, ab_scope: channel}");
            Params params = method.attach(model, Models.params(model, ScalarType.Float));
            BatchSource data = data(model);
            Task task = Task.of(model, params, data, new CrossEntropy(0));
            Run run = method.join(new Run(task, TrainConfig.of("{lr: 0.5}"), i -> data, new TrainingListener() {}));
            String name = "layers.0.parametrizations.weight.0.log_a";
            var parameter = run.config().parameter(name, trainable(params, name));
            assertThat(parameter.rate()).isCloseTo(0.005, within(1e-12));
            assertThat(parameter.weightDecay()).isZero();
            name = "layers.0.parametrizations.weight.original";
            assertThat(run.config().parameter(name, trainable(params, name)).weightDecay())
                    .isEqualTo(0.01);
        }
    }

    @Test
    void aLateCompanderTrainsPlainlyBeforeAndMovesNoWeightAtItsTurn() {
        try (var scope = Scope.open()) {
            Model model = Models.named("mlp");
            String late = "{start_epoch: 3, a_scale: 6.0, b_scale: 6.0}";
            Ran ran = train(model, "weight_compander", late, TRAIN, null, -1);
            Ran plain = train(model, "weight_compander", "psi: identity", TRAIN, null, -1);
            assertThat(ran.reports().get(0).announcement()).contains("from epoch 4 on");
            assertThat(ran.losses().subList(0, 9)).isEqualTo(plain.losses().subList(0, 9));
            assertThat(ran.losses().get(9)).isCloseTo(plain.losses().get(9), within(1e-5));
            assertThat(ran.losses().get(11)).isNotCloseTo(plain.losses().get(11), within(1e-7));
            assertThat(ran.reports().get(0).warnings()).isEmpty();
        }
    }

    @Test
    void noRateTakesAWeightBeyondItsBound() {
        try (var scope = Scope.open()) {
            Model model = Models.named("mlp");
            String wild =
                    "{max_steps: 6, lr: 1000.0, precision: float32, clip: null, optimizer: {name: sgd}, weight_decay: 0.0}";
            Ran ran = train(model, "weight_compander", "{a: 0.5, b: 0.5}", wild, null, -1);
            ran.folded().forEach((name, tensor) -> {
                if (name.endsWith(".weight")) {
                    assertThat(tensor.abs().max().item_double()).as(name).isLessThanOrEqualTo(0.5 * Math.PI / 2 + 1e-6);
                }
            });
        }
    }
}
