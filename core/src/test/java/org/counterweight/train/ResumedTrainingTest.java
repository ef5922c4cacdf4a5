package org.counterweight.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.counterweight.testing.TensorAssert.assertTensor;
import static org.counterweight.train.TrainerTest.SILENT;
import static org.counterweight.train.TrainerTest.run;
import static org.counterweight.train.TrainerTest.task;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Params;
import org.counterweight.train.event.Moment;
import org.counterweight.train.event.TrainingEvents;
import org.counterweight.train.measure.Evaluator;
import org.counterweight.train.state.Checkpoint;
import org.counterweight.train.state.TrainingException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A run that is broken off and taken up ends as an unbroken one does. */
class ResumedTrainingTest {
    @TempDir
    Path directory;

    /** Broken off after any step, in mid-epoch too, and taken up by a new trainer over fresh weights. */
    @ParameterizedTest
    @CsvSource({"1, ", "4, ", "7, ", "10, ", "11, ", "7, ', average: {kind: ema, decay: 0.9}'", "5, ', precision: bf16'"
    })
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
}
