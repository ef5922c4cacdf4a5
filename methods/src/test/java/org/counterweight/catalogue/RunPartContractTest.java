package org.counterweight.catalogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.adapt.Attachment;
import org.counterweight.config.Configs;
import org.counterweight.data.BatchSource;
import org.counterweight.data.LabelledDataset;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.zoo.Architectures;
import org.counterweight.reparametrize.Reparametrization;
import org.counterweight.train.StepReport;
import org.counterweight.train.Task;
import org.counterweight.train.TrainConfig;
import org.counterweight.train.Trainer;
import org.counterweight.train.TrainingListener;
import org.counterweight.train.objective.CrossEntropy;
import org.counterweight.train.part.ClassRows;
import org.counterweight.train.part.Run;
import org.counterweight.train.part.RunPart;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds for every part of a run that the catalogue has, by the sample of its settings: a new one is tested by being listed. */
class RunPartContractTest {
    private static final Model MODEL = Architectures.of(Configs.yaml("""
            {model_type: bert, architectures: [BertForSequenceClassification], num_labels: 3, vocab_size: 20,
             hidden_size: 64, num_hidden_layers: 1, num_attention_heads: 2, intermediate_size: 64,
             max_position_embeddings: 8, hidden_dropout_prob: 0.1, attention_probs_dropout_prob: 0,
             classifier_dropout: 0}
            """, "model"));
    private static final TrainConfig CONFIG =
            TrainConfig.of("{epochs: 2, lr: 0.02, batch_size: 4, precision: float32}");
    private static final int BATCHES = 4;

    @TempDir
    private Path directory;

    static Stream<String> parts() {
        return Catalogue.all().stream()
                .filter(method -> RunPart.class.isAssignableFrom(method.config()))
                .map(Method::name);
    }

    private static RunPart part(String name) {
        Method method = Catalogue.named(name, "test");
        return (RunPart) Configs.bind(Configs.sample(method.config()), method.config(), name);
    }

    private static Params params(long seed) {
        var weights = new LinkedHashMap<>(MODEL.initialize(new Seed(seed).generator()));
        weights.replaceAll((name, tensor) -> tensor.requires_grad_(true));
        return Params.of(weights);
    }

    private static BatchSource data(int order) {
        var batches = new ArrayList<Batch>();
        for (int i = 0; i < BATCHES; i++) {
            long[] tokens = Arrays.stream(new Seed(order).child(i).permutation(12))
                    .asLongStream()
                    .toArray();
            batches.add(new Batch(Map.of(
                    "input_ids",
                    Tensors.longs(tokens, 4, 3),
                    Batch.LABELS,
                    Tensors.longs(new long[] {0, 1, 2, i % 3}),
                    "group",
                    Tensors.longs(new long[] {0, 1, i % 2, 1}))));
        }
        return BatchSource.of(batches);
    }

    /** Rows of the same classes, or of two for parts that compare groups; one token each. */
    private record Rows(int classes) implements LabelledDataset {
        @Override
        public List<String> labelNames() {
            return List.of("a", "b", "c").subList(0, classes);
        }

        @Override
        public int label(int row) {
            return row % classes;
        }

        @Override
        public int size() {
            return 12;
        }

        @Override
        public Batch batch(int... rows) {
            long[] labels = Arrays.stream(rows).mapToLong(this::label).toArray();
            long[] tokens = Arrays.stream(rows).asLongStream().toArray();
            return new Batch(Map.of(
                    "input_ids",
                    Tensors.longs(tokens, rows.length, 1),
                    Batch.LABELS,
                    Tensors.longs(labels),
                    "group",
                    Tensors.longs(
                            Arrays.stream(rows).mapToLong(row -> row / 3 % 2).toArray())));
        }
    }

    /** @param seed of what training moves */
    private static Run joined(String name, long seed) {
        IntFunction<BatchSource> orders = RunPartContractTest::data;
        RunPart part = part(name);
        if (part.needsDomains()) {
            return GraphRuns.of(CONFIG, seed).joinedBy(List.of(part));
        }
        Task task = Task.of(MODEL, attached(part, seed), data(0), new CrossEntropy(0));
        return new Run(task, CONFIG, orders, new TrainingListener() {})
                .with(new ClassRows(new Rows(part.columns().isEmpty() ? 3 : 2), null))
                .joinedBy(List.of(part));
    }

    /** An adapter and a reparametrization join a run of the weights that they stand at; an adapter's are frozen. */
    private static Params attached(RunPart part, long seed) {
        if (part instanceof Attachment settings) {
            Params frozen = params(1);
            frozen.weights().values().forEach(tensor -> tensor.requires_grad_(false));
            return settings.attach(MODEL, frozen, new Seed(seed).generator());
        }
        Params params = params(seed);
        return part instanceof Reparametrization settings ? settings.attach(MODEL, params) : params;
    }

    /** What the model computes with when the run is over, and what is trained for it. */
    private static Map<String, Tensor> state(Run run) {
        Params params = run.task().params();
        var all = new LinkedHashMap<>(params.materialized());
        params.trainables().forEach((name, tensor) -> all.put("trained: " + name, tensor));
        return all;
    }

    /** The first, or all that is left, as if there had been no break. */
    private Map<String, Tensor> trained(String part, long seed, int stopAfter) {
        Run run = joined(part, seed);
        var trainer = new Trainer[1];
        trainer[0] = new Trainer(
                run.task(),
                run.config(),
                new TrainingListener() {
                    @Override
                    public void stepped(StepReport report) {
                        if (report.step() == stopAfter) {
                            trainer[0].stop();
                        }
                    }
                },
                directory.resolve("checkpoint.safetensors"));
        try (Trainer running = trainer[0]) {
            running.resume();
            running.run();
        }
        return state(run);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("parts")
    void aRunThatIsBrokenOffEndsWithTheSameBits(String part) {
        try (var scope = Scope.open()) {
            Run run = joined(part, 1);
            try (var whole = new Trainer(run.task(), run.config(), new TrainingListener() {}, null)) {
                whole.run();
            }
            Map<String, Tensor> unbroken = state(run);
            trained(part, 1, 3);
            Map<String, Tensor> resumed = trained(part, 2, -1);
            assertThat(resumed).containsOnlyKeys(unbroken.keySet());
            resumed.forEach((name, tensor) -> assertTensor(tensor.detach())
                    .as(name)
                    .isEqualTo(Objects.requireNonNull(unbroken.get(name)).detach()));
        }
    }
}
