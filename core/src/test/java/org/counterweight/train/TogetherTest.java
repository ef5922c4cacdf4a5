package org.counterweight.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.ConfigException;
import org.counterweight.data.BatchSource;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.fresh.FreshConvNet;
import org.counterweight.model.part.Normalization;
import org.counterweight.model.zoo.Architectures;
import org.counterweight.train.event.Moment;
import org.counterweight.train.group.GlooGroup;
import org.counterweight.train.group.LostProcessException;
import org.counterweight.train.group.ProcessGroup;
import org.counterweight.train.measure.Evaluator;
import org.counterweight.train.objective.CrossEntropy;
import org.counterweight.train.objective.Objective;
import org.counterweight.train.objective.Regularizer;
import org.counterweight.train.state.Remembering;
import org.counterweight.train.state.TrainingException;
import org.counterweight.train.weigh.Rows;
import org.counterweight.train.weigh.Uniform;
import org.counterweight.train.weigh.Weigher;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Several that take a run's steps together, here in threads of one machine's process, end where one alone does. */
class TogetherTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String PLAIN =
            "precision: float32, lr: 0.05, optimizer: {name: sgd, momentum: 0.5}, eval_every: 3, max_steps: 12";

    @TempDir
    Path directory;

    /** Shares that follow the losses of all rows, and a memory of the largest so far. */
    private static final class Softmax implements Weigher, Remembering {
        private double largest;

        @Override
        public Tensor weights(Rows rows) {
            largest = Math.max(largest, rows.losses().max().item_double());
            return Tensors.softmax(Tensors.times(rows.losses(), 1 + largest), 0);
        }

        @Override
        public Map<String, Tensor> state() {
            return Map.of("largest", Tensors.doubles(new double[] {largest}));
        }

        @Override
        public void restore(Map<String, Tensor> state) {
            largest = Tensors.toDoubles(Remembering.required(state, "largest"))[0];
        }
    }

    /** A loss of its own for the step at which a process is to end. */
    private record EndsAt(long step, Objective inner) implements Objective {
        @Override
        public Losses losses(Model model, Params params, Batch batch, Pass pass) {
            return inner.losses(model, params, batch, pass);
        }

        @Override
        public Losses losses(Model model, Params params, Batch batch, Pass pass, Moment at) {
            if (at.step() == step) {
                throw new IllegalStateException("as if it were killed");
            }
            return inner.losses(model, params, batch, pass, at);
        }
    }

    /** Batches of unequal sizes, the last of a single row: of three processes two have nothing to do with it. */
    private static Task task(Params params, Weigher weigher) {
        Tiny model = new Tiny(4, 8, 3, 0);
        List<Batch> batches = new ArrayList<>(model.batches(1, 3, 7));
        batches.addAll(model.batches(7, 1, 1));
        Regularizer decay = (of, step) -> of.trainables().values().stream()
                .map(tensor -> tensor.square().sum())
                .reduce(Tensor::add)
                .orElseThrow()
                .mul(Tensors.scalar(1e-3));
        var objective = new CrossEntropy(0);
        return Task.of(model, params, BatchSource.of(batches), objective)
                .weighedBy(weigher)
                .with(decay)
                .evaluatedBy(Evaluator.of(BatchSource.of(model.batches(2, 1, 16)), objective, List.of()));
    }

    private static Params params() {
        return new Tiny(4, 8, 3, 0).params(5);
    }

    /** Another of the processes, until it is told to end or finds that it cannot go on. */
    private CompletableFuture<Void> follower(GlooGroup.Member member, TrainConfig config, Path meeting, long endsAt) {
        return CompletableFuture.runAsync(() -> {
            try (var scope = Scope.open()) {
                Task task = task(params(), new Uniform());
                try (var group = GlooGroup.onThisMachine(meeting, member);
                        var follower =
                                new Follower(task.towards(new EndsAt(endsAt, task.objective())), config, group)) {
                    follower.run();
                }
            }
        });
    }

    /** Trains with so many, and returns what came of it. */
    private Params trained(int size, String settings, Weigher weigher, long endsAt, Path checkpoint, boolean resume) {
        TrainConfig config = TrainConfig.of("{" + PLAIN + ", " + settings + "}");
        Params params = params();
        Task task = task(params, weigher);
        if (size == 1) {
            run(task, config, checkpoint, resume, ProcessGroup.ALONE);
            return params;
        }
        Path meeting = directory.resolve("meeting-" + size + "-" + System.nanoTime());
        var others = new ArrayList<CompletableFuture<Void>>();
        for (int rank = 1; rank < size; rank++) {
            others.add(follower(
                    new GlooGroup.Member(rank, size, PATIENCE), config, meeting, rank == size - 1 ? endsAt : -1));
        }
        try (var group = GlooGroup.onThisMachine(meeting, new GlooGroup.Member(0, size, PATIENCE))) {
            run(task, config, checkpoint, resume, group);
        }
        others.forEach(CompletableFuture::join);
        return params;
    }

    private static void run(Task task, TrainConfig config, Path checkpoint, boolean resume, ProcessGroup group) {
        try (var trainer = new Trainer(task, config, new TrainingListener() {}, checkpoint, group)) {
            if (resume) {
                assertThat(trainer.resume()).isTrue();
            }
            trainer.run();
        }
    }

    private static void same(Params found, Params expected) {
        expected.weights()
                .forEach((name, tensor) ->
                        assertTensor(found.weight(name).detach()).as(name).isCloseTo(tensor.detach(), 1e-5, 1e-6));
    }

    @ParameterizedTest(name = "{0} processes, {1}, {2}")
    @CsvSource({
        "2, uniform, 'clip: 0.1'",
        "3, uniform, 'clip: null'",
        "2, softmax, 'clip: 0.1'",
        "3, softmax, 'accumulation: 2'",
        "2, softmax, 'accumulation: 3, weighed: step'",
        "2, uniform, 'accumulation: 2, length_norm: token'"
    })
    void severalEndWhereOneDoes(int size, String weigher, String settings) {
        try (var scope = Scope.open()) {
            Weigher here = weigher.equals("softmax") ? new Softmax() : new Uniform();
            Weigher there = weigher.equals("softmax") ? new Softmax() : new Uniform();
            same(trained(size, settings, there, -1, null, false), trained(1, settings, here, -1, null, false));
        }
    }

    @Test
    void aLostProcessLeavesACheckpointFromWhichAnyNumberGoesOn() {
        try (var scope = Scope.open()) {
            Path checkpoint = directory.resolve("run.safetensors");
            assertThatThrownBy(() -> trained(3, "clip: 1", new Softmax(), 5, checkpoint, false))
                    .isInstanceOf(TrainingException.class)
                    .hasMessageContainingAll("step 6: process 1 of 3 has lost another", "a checkpoint of the 5 steps")
                    .hasCauseInstanceOf(LostProcessException.class);
            Params whole = trained(1, "clip: 1", new Softmax(), -1, null, false);
            same(trained(2, "clip: 1", new Softmax(), -1, checkpoint, true), whole);
        }
    }

    @Test
    void rowsAreSharedOutWhole() {
        for (int size = 1; size < 5; size++) {
            for (long rows = 1; rows < 9; rows++) {
                long from = 0;
                for (int rank = 0; rank < size; rank++) {
                    ProcessGroup group = new Numbered(rank, size);
                    assertThat(group.from(rows)).isEqualTo(from);
                    from = group.to(rows);
                    assertThat(rank > 0 || from > 0).as("the first has a row").isTrue();
                }
                assertThat(from).isEqualTo(rows);
            }
        }
    }

    private record Numbered(int rank, int size) implements ProcessGroup {
        @Override
        public void sum(Tensor tensor) {}

        @Override
        public void broadcast(Tensor tensor) {}

        @Override
        public void close() {}
    }

    @Test
    void aTermOverAllRowsIsRefused() {
        try (var scope = Scope.open()) {
            Task task = task(params(), new Uniform());
            Objective paired = (model, params, batch, pass) -> {
                Objective.Losses losses = task.objective().losses(model, params, batch, pass);
                return losses.with(losses.perRow().sum());
            };
            TrainConfig config = TrainConfig.of("{" + PLAIN + "}");
            assertThatThrownBy(() -> run(task.towards(paired), config, null, false, new Numbered(0, 2)))
                    .isInstanceOf(TrainingException.class)
                    .hasMessageContaining("a term over all rows of a batch");
        }
    }

    @Test
    void batchNormalisationIsRefused() {
        var network = new FreshConvNet(4, 1, Normalization.BATCH);
        assertThatThrownBy(() -> Divisible.check(Architectures.of(network.config(List.of(1, 8, 8)))))
                .isInstanceOf(ConfigException.class)
                .hasMessageContainingAll("processes: this model moves", "by all rows of a batch");
    }
}
