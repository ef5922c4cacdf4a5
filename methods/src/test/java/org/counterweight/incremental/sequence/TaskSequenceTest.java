package org.counterweight.incremental.sequence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.balance.RowNorms;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.data.LabelledDataset;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.incremental.run.GrowConfig;
import org.counterweight.incremental.run.GrowthStep;
import org.counterweight.model.Batch;
import org.counterweight.model.part.Activation;
import org.counterweight.model.zoo.image.Mlp;
import org.counterweight.train.StepReport;
import org.counterweight.train.TrainConfig;
import org.counterweight.train.TrainingListener;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Six classes of points learnt in three tasks by a small net. */
class TaskSequenceTest {
    private static final Mlp MODEL = new Mlp(8, List.of(16), 6, Activation.RELU, 0);
    private static final String HEAD = "layers.1";
    private static final TrainConfig TRAIN =
            TrainConfig.of("{epochs: 4, batch_size: 16, lr: 0.05, warmup: 0.0, seed: 3,"
                    + " optimizer: {name: sgd, momentum: 0.9}, precision: float32, weight_decay: 5e-4}");

    private final Scope scope = Scope.open();
    private final Points learnt = Points.of(1, 20);
    private final Points judged = Points.of(2, 10);

    @TempDir
    private Path directory;

    @AfterEach
    void close() {
        scope.close();
    }

    /** Points around a centre for each class. */
    private record Points(Tensor x, int each, List<String> labelNames) implements LabelledDataset {
        private static final List<String> NAMES = List.of("a", "b", "c", "d", "e", "f");

        static Points of(long seed, int each) {
            Tensor centres = normal(99, 6, 8).mul(Tensors.scalar(2));
            long[] labels =
                    IntStream.range(0, 6 * each).mapToLong(row -> row / each).toArray();
            return new Points(
                    centres.index_select(0, Tensors.longs(labels)).add(normal(seed, labels.length, 8)), each, NAMES);
        }

        private static Tensor normal(long seed, long... shape) {
            return torch.zeros(shape).normal_(0, 1, Tensors.optional(new Seed(seed).generator()));
        }

        /** The same points, whose classes have other numbers and the same names. */
        Points renumbered(List<String> names) {
            return new Points(x, each, names);
        }

        @Override
        public int label(int row) {
            return labelNames.indexOf(NAMES.get(row / each));
        }

        @Override
        public int size() {
            return 6 * each;
        }

        @Override
        public Batch batch(int... rows) {
            Tensor at = Tensors.longs(IntStream.of(rows).asLongStream().toArray());
            Tensor labels =
                    Tensors.longs(IntStream.of(rows).mapToLong(this::label).toArray());
            return new Batch(Map.of(Batch.PIXEL_VALUES, x.index_select(0, at), Batch.LABELS, labels, Batch.ROW, at));
        }
    }

    /** Listens, and stops the training after so many steps. */
    private static final class Listening implements GrowthStep.Following {
        private final List<String> said = new ArrayList<>();
        private final AtomicReference<Runnable> stop = new AtomicReference<>();
        private long left;

        Listening(long steps) {
            left = steps;
        }

        @Override
        public TrainingListener listener() {
            return new TrainingListener() {
                @Override
                public void stepped(StepReport report) {
                    if (--left == 0) {
                        Objects.requireNonNull(stop.get()).run();
                    }
                }
            };
        }

        @Override
        public void stops(Runnable work) {
            stop.set(work);
        }

        @Override
        public Consumer<String> remarks() {
            return said::add;
        }
    }

    private TaskSequence sequence(String learn) {
        SequenceConfig config =
                Configs.bind(Configs.yaml("{tasks: 3, learn: " + learn + "}", "test"), SequenceConfig.class, "grow");
        return sequence(config, MODEL, judged);
    }

    private TaskSequence sequence(SequenceConfig config, Mlp model, Points judging) {
        return new TaskSequence(
                config, model, model.initialize(new Seed(5).generator()), learnt, judging, TRAIN, List.of());
    }

    private SequenceResult ran(String learn) {
        return sequence(learn).run(null, new Listening(0));
    }

    @Test
    void weightAligningKeepsRowsFairAndRemembersWithinItsQuota() {
        SequenceResult result = ran("{memory: {total: 30}}");
        assertThat(result.tasks()).hasSize(3);
        assertThat(result.tasks().get(0).gamma()).isNull();
        assertThat(result.tasks()).extracting(TaskResult::quota).containsExactly(15, 7, 5);
        assertThat(result.tasks()).extracting(TaskResult::stored).containsExactly(30, 28, 30);
        assertThat(result.tasks().get(2).rows()).isEqualTo(2 * 20 + 28);
        assertThat(result.tasks()).allMatch(TaskResult::restricted);
        Tensor weight = Objects.requireNonNull(result.weights().get(HEAD + ".weight"));
        assertThat(weight.min().item_double()).isGreaterThanOrEqualTo(0);
        TaskResult last = result.tasks().get(2);
        if (Objects.requireNonNull(last.unclamped()) < 1) {
            Tensor norms = RowNorms.of(weight, 2);
            assertThat(Tensors.slice(norms, 0, 4, 6).mean().item_double())
                    .isCloseTo(Tensors.slice(norms, 0, 0, 4).mean().item_double(), within(1e-4));
        }
        assertThat(Objects.requireNonNull(result.weights().get(HEAD + ".bias"))
                        .abs()
                        .max()
                        .item_double())
                .isZero();
        assertThat(result.after().average()).isBetween(0.4, 1.0);
        assertThat(result.labels()).containsExactlyInAnyOrder("a", "b", "c", "d", "e", "f");
    }

    @ParameterizedTest
    @EnumSource(GrowConfig.Method.class)
    void everyWayLearnsAllClasses(GrowConfig.Method way) {
        SequenceResult result =
                ran("{method: " + way.name().toLowerCase(java.util.Locale.ROOT) + ", memory: {total: 60}}");
        assertThat(result.tasks()).hasSize(3);
        TaskResult last = result.tasks().get(2);
        assertThat(last.after().get(2)).as("the newest task").isGreaterThan(0.5);
        assertThat(last.gamma() != null).isEqualTo(way == GrowConfig.Method.WA);
        assertThat(last.stored()).isEqualTo(way.remembers() ? 60 : 0);
        if (way == GrowConfig.Method.JOINT) {
            assertThat(result.after().last()).isGreaterThan(0.8);
        }
        if (way == GrowConfig.Method.FINETUNE) {
            assertThat(last.after().get(0)).as("what was learnt first").isLessThan(0.6);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{preset: author}", "{preset: pycil}", "{method: icarl, icarl_loss: bce}", "{herding: residual}"
            })
    void everyPresetRuns(String learn) {
        SequenceResult result = ran(learn);
        assertThat(result.after().last()).isBetween(0.1, 1.0);
        result.weights()
                .forEach((name, weight) ->
                        assertThat(weight.isfinite().all().item_bool()).as(name).isTrue());
    }

    @ParameterizedTest
    @ValueSource(longs = {9, 23, 40})
    void anInterruptedSequenceEndsWithTheSameNumbers(long steps) {
        String learn = "{memory: {total: 30}}";
        SequenceResult whole = ran(learn);
        SequenceResult broken = sequence(learn).run(directory, new Listening(steps));
        assertThat(broken.interrupted()).isTrue();
        SequenceResult resumed = sequence(learn).run(directory, new Listening(0));
        assertThat(resumed.tasks()).isEqualTo(whole.tasks());
        whole.weights()
                .forEach((name, weight) -> assertTensor(
                                Objects.requireNonNull(resumed.weights().get(name)))
                        .as(name)
                        .isEqualTo(weight));
        assertThat(resumed.exemplars()).usingRecursiveComparison().isEqualTo(whole.exemplars());
        assertThat(Files.exists(directory.resolve(TaskSequence.STATE))).isTrue();
    }

    /** What number a class has in the data says nothing: the order in which they are learnt is told by their names. */
    @Test
    void classesOfOtherNumbersAreLearntAlike() {
        SequenceConfig config = Configs.bind(
                Configs.yaml("{tasks: 3, order: [c, a, f, e, b, d], learn: {memory: {total: 30}}}", "test"),
                SequenceConfig.class,
                "grow");
        SequenceResult one = sequence(config, MODEL, judged).run(null, new Listening(0));
        List<String> names = List.of("f", "e", "a", "b", "d", "c");
        SequenceResult other = new TaskSequence(
                        config,
                        MODEL,
                        MODEL.initialize(new Seed(5).generator()),
                        learnt.renumbered(names),
                        judged.renumbered(names),
                        TRAIN,
                        List.of())
                .run(null, new Listening(0));
        assertThat(other.labels()).isEqualTo(one.labels()).containsExactly("c", "a", "f", "e", "b", "d");
        assertThat(other.tasks()).isEqualTo(one.tasks());
        assertThat(other.exemplars()).usingRecursiveComparison().isEqualTo(one.exemplars());
        one.weights()
                .forEach((name, weight) -> assertTensor(
                                Objects.requireNonNull(other.weights().get(name)))
                        .as(name)
                        .isEqualTo(weight));
    }

    @Test
    void labelsToJudgeByChangeNothing() {
        SequenceResult honest = ran("{}");
        TaskSequence others = sequence(
                Configs.bind(Configs.yaml("{tasks: 3}", "test"), SequenceConfig.class, "grow"),
                MODEL,
                Points.of(77, 10));
        others.run(null, new Listening(0))
                .weights()
                .forEach((name, weight) -> assertTensor(weight)
                        .as(name)
                        .isEqualTo(Objects.requireNonNull(honest.weights().get(name))));
    }

    @Test
    void aRestrictionWithoutReasonIsNotTakenUnlessItIsAskedFor() {
        var signed = new Mlp(8, List.of(16), 6, Activation.TANH, 0);
        var listening = new Listening(0);
        SequenceConfig config = Configs.bind(Configs.yaml("{tasks: 3}", "test"), SequenceConfig.class, "grow");
        TaskSequence sequence = sequence(config, signed, judged);
        assertThat(sequence.run(null, listening).tasks()).noneMatch(TaskResult::restricted);
        assertThat(listening.said).noneMatch(line -> line.contains("restrict"));
        SequenceConfig asked =
                Configs.bind(Configs.yaml("{tasks: 3, learn: {restrict: true}}", "test"), SequenceConfig.class, "grow");
        TaskSequence insisting = sequence(asked, signed, judged);
        assertThat(insisting.run(null, listening).tasks()).allMatch(TaskResult::restricted);
        assertThat(listening.said).anyMatch(line -> line.contains("the argument for it is void"));
    }

    @Test
    void tasksAreCutFromTheClasses() {
        SequenceConfig half = Configs.bind(Configs.yaml("{tasks: 3, base: 4}", "test"), SequenceConfig.class, "grow");
        assertThat(half.sizes(10)).containsExactly(4, 3, 3);
        SequenceConfig even = Configs.bind(Configs.yaml("{tasks: 4}", "test"), SequenceConfig.class, "grow");
        assertThat(even.sizes(10)).containsExactly(3, 3, 2, 2);
        assertThatThrownBy(() -> even.sizes(3))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("4 tasks need a class each, and the data has 3 classes");
        SequenceConfig named =
                Configs.bind(Configs.yaml("{tasks: 2, order: [b, a]}", "test"), SequenceConfig.class, "grow");
        assertThat(named.classes(List.of("a", "b"))).containsExactly(1, 0);
        assertThatThrownBy(() -> named.classes(List.of("a", "b", "c"))).hasMessageContaining("lacks c");
        assertThatThrownBy(() -> named.classes(List.of("a", "bb")))
                .hasMessageContaining("\"b\" is no class of the data");
    }
}
