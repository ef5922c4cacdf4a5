package org.counterweight.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.counterweight.testing.TensorAssert.assertTensor;
import static org.counterweight.train.TrainerTest.SILENT;
import static org.counterweight.train.TrainerTest.run;
import static org.counterweight.train.TrainerTest.task;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Scope;
import org.counterweight.model.Batch;
import org.counterweight.model.Params;
import org.counterweight.train.event.Moment;
import org.counterweight.train.event.TrainingEvents;
import org.counterweight.train.measure.Evaluation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What acts around steps, epochs and evaluations of a run. */
class TrainerEventsTest {
    @TempDir
    Path directory;

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
}
