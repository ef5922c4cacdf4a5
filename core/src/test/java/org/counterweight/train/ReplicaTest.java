package org.counterweight.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.data.BatchSource;
import org.counterweight.engine.Scope;
import org.counterweight.model.Params;
import org.counterweight.train.objective.CrossEntropy;
import org.counterweight.train.replica.Replica;
import org.counterweight.train.replica.Update;
import org.junit.jupiter.api.Test;

class ReplicaTest {
    private static final TrainConfig CONFIG = TrainConfig.of("{epochs: 4, lr: 0.05, precision: float32, seed: 3}");
    private static final TrainingListener SILENT = new TrainingListener() {};

    private static Task task(Tiny model, Params params) {
        return Task.of(model, params, BatchSource.of(model.batches(1, 3, 8)), new CrossEntropy(0));
    }

    private static void assertSame(Map<String, Tensor> found, Map<String, Tensor> expected) {
        expected.forEach((name, tensor) -> assertTensor(
                        Objects.requireNonNull(found.get(name)).detach())
                .as(name)
                .isEqualTo(tensor.detach()));
    }

    /** Rounds that go on from its own weights are one run, to the bit; the task's weights stay as they are. */
    @Test
    void roundsFromItsOwnWeightsAreOneRun() {
        try (var scope = Scope.open()) {
            Tiny model = Tiny.model();
            Params whole = model.params(5);
            try (var trainer = new Trainer(task(model, whole), CONFIG, SILENT, null)) {
                trainer.run();
            }
            Task task = task(model, model.params(5));
            try (var replica = new Replica(task, CONFIG, task.data(), SILENT)) {
                Update first = replica.round(Replica.copies(replica.weights()), 5);
                assertThat(first.steps()).isEqualTo(5);
                assertThat(first.rows()).isEqualTo(40);
                assertThat(first.meanLoss()).isBetween(0.5, 2.0);
                Update last = replica.round(Replica.copies(replica.weights()), 50);
                assertThat(last.steps()).isEqualTo(7); // its run has 12
                assertSame(last.weights(), whole.weights());
                assertSame(task.params().weights(), model.params(5).weights());
            }
        }
    }

    @Test
    void aRoundBeginsWithTheGivenWeights() {
        try (var scope = Scope.open()) {
            Tiny model = Tiny.model();
            Map<String, Tensor> global = model.params(8).weights();
            Params alone = model.params(8);
            try (var trainer = new Trainer(task(model, alone), CONFIG, SILENT, null)) {
                trainer.advance(2);
            }
            Task task = task(model, model.params(5));
            try (var replica = new Replica(task, CONFIG, task.data(), SILENT)) {
                Update update = replica.round(global, 2);
                assertSame(update.weights(), alone.weights());
                update.delta(global)
                        .forEach((name, delta) -> assertTensor(delta)
                                .as(name)
                                .isEqualTo(alone.weight(name)
                                        .detach()
                                        .sub(Objects.requireNonNull(global.get(name))
                                                .detach())));
            }
        }
    }

    @Test
    void aReplicaGoesOnWhereItWas() {
        try (var scope = Scope.open()) {
            Tiny model = Tiny.model();
            Task task = task(model, model.params(5));
            try (var unbroken = new Replica(task, CONFIG, task.data(), SILENT);
                    var broken = new Replica(task, CONFIG, task.data(), SILENT);
                    var other = new Replica(task, CONFIG, task.data(), SILENT)) {
                unbroken.advance(8);
                broken.advance(5);
                other.restore(broken.state());
                other.advance(8);
                assertThat(other.step()).isEqualTo(8);
                assertSame(other.weights(), unbroken.weights());
            }
        }
    }

    @Test
    void replicasWithOtherBatchesGoOtherWays() {
        try (var scope = Scope.open()) {
            Tiny model = Tiny.model();
            Task task = task(model, model.params(5));
            BatchSource others = BatchSource.of(model.batches(9, 3, 8));
            try (var one = new Replica(task, CONFIG, task.data(), SILENT);
                    var two = new Replica(task, CONFIG, others, SILENT)) {
                for (Replica replica : List.of(one, two)) {
                    replica.advance(3);
                }
                assertThat(last(one).equal(last(two))).isFalse();
            }
        }
    }

    private static Tensor last(Replica replica) {
        return Objects.requireNonNull(replica.weights().get("last.weight"));
    }
}
