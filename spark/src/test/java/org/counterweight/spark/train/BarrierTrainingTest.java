package org.counterweight.spark.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.TaskContext;
import org.apache.spark.sql.SparkSession;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.config.ConfigException;
import org.counterweight.data.BatchSource;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.fresh.FreshMlp;
import org.counterweight.model.zoo.Architectures;
import org.counterweight.reweigh.loss.LossReweightingConfig;
import org.counterweight.reweigh.loss.Strategy;
import org.counterweight.spark.Sessions;
import org.counterweight.train.Task;
import org.counterweight.train.TrainConfig;
import org.counterweight.train.Trainer;
import org.counterweight.train.TrainingListener;
import org.counterweight.train.event.Moment;
import org.counterweight.train.objective.CrossEntropy;
import org.counterweight.train.objective.Objective;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Executors in processes of their own take each step together and end where one process does, even if one of them is killed. */
class BarrierTrainingTest {
    private static final String SETTINGS =
            "{max_steps: 30, batch_size: 7, lr: 0.05, precision: float32, checkpoint_every: 4}";

    @TempDir
    private static Path files;

    private static SparkSession session;

    @BeforeAll
    static void start() throws IOException {
        session = Sessions.processes("local-cluster[2,1,1024]").getOrCreate();
    }

    @AfterAll
    static void stop() {
        session.stop();
    }

    /**
     * A small classifier.
     *
     * @param mark a file, of which the second task makes sure once that it is there, and ends its executor; empty for never
     */
    private record Small(String mark) implements SharedTask {
        @Override
        public Task create() {
            Model model = Architectures.of(new FreshMlp(List.of(6), "tanh", 0).config(List.of(4)))
                    .withClasses(3);
            var random = new Seed(3);
            Map<String, Tensor> weights = model.initialize(random.generator());
            weights.values().forEach(weight -> weight.requires_grad_(true));
            return Task.of(
                            model,
                            Params.of(weights),
                            BatchSource.of(batches(random.child("rows").generator())),
                            mark.isEmpty() ? new CrossEntropy(0) : new Deadly(new CrossEntropy(0), Path.of(mark)))
                    .weighedBy(LossReweightingConfig.of(Strategy.LINUPPER, 1).create());
        }

        private static List<Batch> batches(Generator random) {
            var batches = new ArrayList<Batch>();
            for (int i = 0; i < 3; i++) {
                Tensor x = torch.empty(7 - i, 4).normal_(0, 1, Tensors.optional(random));
                Tensor labels = Tensors.slice(x, 1, 0, 3).argmax(new LongOptional(1), false);
                batches.add(new Batch(Map.of(Batch.INPUTS, x, Batch.LABELS, labels)));
            }
            return batches;
        }
    }

    /** The objective of an executor that is killed in its tenth step: nothing is closed, nobody is told. */
    private record Deadly(Objective inner, Path mark) implements Objective {
        @Override
        public Losses losses(Model model, Params params, Batch batch, Pass pass) {
            return inner.losses(model, params, batch, pass);
        }

        @Override
        public Losses losses(Model model, Params params, Batch batch, Pass pass, Moment at) {
            if (at.step() == 9 && TaskContext.getPartitionId() == 1 && created()) {
                Runtime.getRuntime().halt(137);
            }
            return inner.losses(model, params, batch, pass, at);
        }

        private boolean created() {
            try {
                Files.createFile(mark);
                return true;
            } catch (FileAlreadyExistsException e) {
                return false;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static Map<String, Tensor> alone() {
        Task task = new Small("").create();
        try (var trainer = new Trainer(task, TrainConfig.of(SETTINGS), new TrainingListener() {}, null)) {
            trainer.run();
        }
        return Trainer.moved(task);
    }

    private static void same(TrainedWeights found) {
        assertThat(found.steps()).isEqualTo(30);
        Map<String, Tensor> expected = alone();
        Map<String, Tensor> weights = found.tensors();
        assertThat(weights.keySet()).isEqualTo(expected.keySet());
        expected.forEach(
                (name, tensor) -> assertTensor(weights.get(name)).as(name).isCloseTo(tensor.detach(), 1e-4, 1e-5));
    }

    @Test
    void twoExecutorsEndWhereOneProcessDoes() {
        try (var scope = Scope.open()) {
            var training = new BarrierTraining(2, SETTINGS, files.resolve("a.safetensors") + "");
            same(training.run(session, new Small("")));
        }
    }

    @Test
    void aKilledExecutorBeginsTheStageAgainFromTheCheckpoint() {
        try (var scope = Scope.open()) {
            Path checkpoint = files.resolve("b.safetensors");
            Path mark = files.resolve("killed");
            same(new BarrierTraining(2, SETTINGS, checkpoint + "").run(session, new Small(mark + "")));
            assertThat(mark).exists();
            assertThat(checkpoint).exists();
        }
    }

    @Test
    void wrongRequestsAreRefusedOnTheDriver() {
        assertThatThrownBy(() -> new BarrierTraining(1, SETTINGS, "c.safetensors"))
                .isInstanceOf(ConfigException.class)
                .hasMessage("processes: 1 is not allowed; expected at least 2; one needs no cluster");
        assertThatThrownBy(() -> new BarrierTraining(8, SETTINGS, "c.safetensors"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("train.batch_size: 7 is not allowed; expected at least processes, which is 8");
    }
}
