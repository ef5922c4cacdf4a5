package org.counterweight.studies.glosses;

import static org.bytedeco.pytorch.global.torch.eye;
import static org.counterweight.engine.Tensors.noGrad;
import static org.counterweight.engine.Tensors.zeros;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.data.BatchSource;
import org.counterweight.data.Batching;
import org.counterweight.data.Dataset;
import org.counterweight.data.text.LabelledTexts;
import org.counterweight.data.text.TextClassification;
import org.counterweight.data.text.TextSet;
import org.counterweight.data.text.TextTokenizer;
import org.counterweight.datasets.Fetcher;
import org.counterweight.datasets.Holdings;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.Precision;
import org.counterweight.model.part.Pooling;
import org.counterweight.model.zoo.Architectures;
import org.counterweight.model.zoo.Heads;
import org.counterweight.studies.bed.Contender;
import org.counterweight.studies.bed.PeakMemory;
import org.counterweight.studies.bed.Trace;
import org.counterweight.studies.bed.classifier.Perceptron;
import org.counterweight.studies.plan.Study;
import org.counterweight.studies.plan.arm.Arm;
import org.counterweight.studies.plan.arm.Knob;
import org.counterweight.studies.plan.arm.Measurement;
import org.counterweight.studies.plan.arm.Metric;
import org.counterweight.studies.plan.arm.Size;
import org.counterweight.train.Task;
import org.counterweight.train.TrainConfig;
import org.counterweight.train.measure.Evaluation;
import org.counterweight.train.measure.Evaluator;
import org.counterweight.train.objective.CrossEntropy;
import org.counterweight.weights.ModelDirectory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The real task: a sentence encoder learns to tell what kind of thing a dictionary gloss describes. Every contender starts
 * beside the same head, which was trained on the frozen encoder's features.
 *
 * @param contenders for a run of this many steps
 * @param directory of the encoder
 * @param texts the glosses with their classes
 * @param classes how many, the most frequent ones
 * @param rows to learn from; half as many to judge by
 */
public record GlossTransfer(
        LongFunction<List<Contender>> contenders,
        Supplier<Path> directory,
        Supplier<LabelledTexts> texts,
        int classes,
        int rows) {
    static final Metric ACCURACY = Metric.higher("test_accuracy", "test accuracy", 4);
    static final Metric MACRO_F1 = Metric.higher("test_macro_f1", "macro-F1", 3);
    static final Metric VALIDATION = Metric.higher("validation_accuracy", "validation accuracy", 3);
    static final Metric COUNT = Metric.plain("trained", "trained parameters", 0);
    public static final Metric SECONDS = Metric.lower("step_ms", "ms a step", 0);
    public static final Metric MEMORY = Metric.lower("memory_mb", "memory added, MB", 0);

    static final int BATCH = 16;
    private static final int VALIDATION_ROWS = 500;
    private static final int LENGTH = 32;

    /** MiniLM and WordNet's nouns, fetched when the study runs. */
    static GlossTransfer onHoldings(int rows) {
        Fetcher fetcher = Fetcher.ofUser(step -> {});
        return new GlossTransfer(
                GlossContenders::all,
                () -> fetcher.fetch(Holdings.named("minilm")),
                () -> TextSet.read(fetcher.fetch(Holdings.named("wordnet-nouns")))
                        .train(),
                12,
                rows);
    }

    /** The rows of one seed, tokenized. */
    private record Parts(Dataset train, Dataset validation, Dataset test, List<String> labels) {}

    public Study.Trial prepare(Seed seed, Size size) {
        Path path = directory.get();
        Parts parts = parts(path, seed, size);
        try (ModelDirectory files = ModelDirectory.open(path)) {
            Model model = Architectures.of(config(files, parts.labels()));
            Map<String, Tensor> base = weights(model, files);
            startHead(model, base, parts);
            return arm -> run(arm, model, base, parts, seed);
        }
    }

    private Measurement run(Arm arm, Model model, Map<String, Tensor> base, Parts parts, Seed seed) {
        BatchSource batches = BatchSource.shuffled(parts.train(), Batching.of(BATCH), seed.child("order"));
        int steps = batches.batches();
        Contender contender = Contender.named(arm.method(), contenders.apply(steps));
        double rate = Knob.RATE.of(arm);
        var weights = new LinkedHashMap<>(base);
        weights.replaceAll(
                (name, tensor) -> isHead(model, name) ? tensor.clone().requires_grad_(true) : tensor);
        List<String> modules = model.modules().linears().stream()
                .filter(name -> !isHead(model, name))
                .toList();
        Params params = contender.onto(model, Params.of(weights), modules, seed);
        Task task = contender.training(Task.of(model, params, batches, new CrossEntropy(0)), rate, steps);
        var traces = new ArrayList<Trace>();
        double memory = PeakMemory.during(() -> traces.add(Trace.of(task, settings(rate, steps))));
        Trace trace = traces.get(0);
        Evaluation test = evaluator(parts.test(), parts.labels()).evaluate(model, params);
        Evaluation validation = evaluator(parts.validation(), parts.labels()).evaluate(model, params);
        var values = new HashMap<String, Double>();
        values.put(ACCURACY.key(), trace.unlessDiverged(test.metric("accuracy")));
        values.put(MACRO_F1.key(), trace.unlessDiverged(test.metric("macro_f1")));
        values.put(VALIDATION.key(), trace.unlessDiverged(validation.metric("accuracy")));
        values.put(COUNT.key(), Contender.count(params));
        values.put(SECONDS.key(), 1000 * trace.stepSeconds());
        values.put(MEMORY.key(), memory);
        return Measurement.of(values);
    }

    private static TrainConfig settings(double rate, int steps) {
        return TrainConfig.of("""
                max_steps: %d
                lr: %s
                weight_decay: 0
                schedule: cosine
                warmup: 0.1
                clip: 1.0
                precision: auto
                """.formatted(steps, rate));
    }

    private Parts parts(Path path, Seed seed, Size size) {
        int learnt = size.of(rows, 32);
        int chosen = size.of(VALIDATION_ROWS, 16);
        int judged = size.of(rows / 2, 16);
        LabelledTexts drawn = draw(texts.get(), classes, learnt + chosen + judged, seed.child("rows"));
        try (TextTokenizer tokenizer = TextTokenizer.open(path, LENGTH)) {
            TextClassification all = TextClassification.of(drawn, tokenizer);
            return new Parts(
                    all.select(IntStream.range(0, learnt).toArray()),
                    all.select(IntStream.range(learnt, learnt + chosen).toArray()),
                    all.select(IntStream.range(learnt + chosen, drawn.texts().size())
                            .toArray()),
                    drawn.labelNames());
        }
    }

    /** So many rows at random, in random order, of the most frequent classes; equally frequent ones in their own order. */
    public static LabelledTexts draw(LabelledTexts from, int classes, int rows, Seed seed) {
        int[] counts = new int[from.labelNames().size()];
        for (int label : from.labels()) {
            counts[label]++;
        }
        List<Integer> frequent = IntStream.range(0, counts.length)
                .boxed()
                .sorted((a, b) -> Integer.compare(counts[b], counts[a]))
                .limit(classes)
                .sorted()
                .toList();
        int[] some = IntStream.of(seed.permutation(from.labels().length))
                .filter(row -> frequent.contains(from.labels()[row]))
                .limit(rows)
                .toArray();
        return new LabelledTexts(
                IntStream.of(some).mapToObj(from.texts()::get).toList(),
                IntStream.of(some)
                        .map(row -> frequent.indexOf(from.labels()[row]))
                        .toArray(),
                frequent.stream().map(from.labelNames()::get).toList());
    }

    /** Without dropout: few steps, and a frozen encoder, leave little to overfit. */
    private static ObjectNode config(ModelDirectory files, List<String> labels) {
        ObjectNode config = Heads.classifier(files.config(), labels, Pooling.MEAN);
        config.put("hidden_dropout_prob", 0.0);
        config.put("attention_probs_dropout_prob", 0.0);
        return config;
    }

    private static Map<String, Tensor> weights(Model model, ModelDirectory files) {
        var stored = new LinkedHashMap<String, Tensor>();
        files.tensors().keySet().forEach(name -> stored.put(name, files.tensor(name)));
        var found = Architectures.fit(model, stored).byName();
        var weights = new LinkedHashMap<String, Tensor>();
        model.shapes().forEach((name, shape) -> {
            Tensor tensor = found.get(name);
            weights.put(
                    name,
                    isHead(model, name)
                            ? zeros(shape)
                            : Objects.requireNonNull(tensor, name).clone());
        });
        return weights;
    }

    private static boolean isHead(Model model, String name) {
        String head = model.modules().heads().get(0);
        return name.equals(head) || name.startsWith(head + ".");
    }

    /** Trains the head on what the frozen encoder makes of the rows; the best by validation accuracy stays. */
    private static void startHead(Model model, Map<String, Tensor> base, Parts parts) {
        String head = model.modules().heads().get(0);
        Tensor weight = Objects.requireNonNull(base.get(head + ".weight"));
        Tensor bias = Objects.requireNonNull(base.get(head + ".bias"));
        try (var scope = Scope.open()) {
            var linear = new Perceptron(List.of(weight.size(1), weight.size(0)));
            var start = Map.of(
                    "0.weight", weight.clone().requires_grad_(true),
                    "0.bias", bias.clone().requires_grad_(true));
            Params params = Params.of(start);
            BatchSource learnt = BatchSource.of(List.of(features(model, base, parts.train())));
            BatchSource chosen = BatchSource.of(List.of(features(model, base, parts.validation())));
            Trace.of(
                    Task.of(linear, params, learnt, new CrossEntropy(0))
                            .evaluatedBy(Evaluator.of(chosen, new CrossEntropy(0), parts.labels())),
                    TrainConfig.of("""
                            max_steps: 300
                            lr: 2e-2
                            weight_decay: 0
                            clip: null
                            precision: float32
                            eval_every: 20
                            best_by: accuracy
                            """));
            try (var off = noGrad()) {
                weight.copy_(params.weight("0.weight"));
                bias.copy_(params.weight("0.bias"));
            }
        }
    }

    /** All rows as one batch of the vectors that reach the head: the head is replaced by the identity. */
    private static Batch features(Model model, Map<String, Tensor> base, Dataset rows) {
        String head = model.modules().heads().get(0);
        long width = Objects.requireNonNull(base.get(head + ".weight")).size(1);
        var identity = new LinkedHashMap<>(base);
        identity.put(head + ".weight", eye(width));
        identity.put(head + ".bias", zeros(width));
        Params params = Params.of(identity);
        Tensor values = zeros(rows.size(), width);
        Tensor labels = Tensors.longs(new long[rows.size()]);
        int at = 0;
        try (var off = noGrad()) {
            for (int[] numbers : Batching.of(64).inOrder(rows)) {
                try (var scope = Scope.open()) {
                    Batch batch = rows.batch(numbers);
                    int end = at + numbers.length;
                    Tensors.slice(values, 0, at, end)
                            .copy_(model.forward(params, batch, Pass.evaluation())
                                    .logits());
                    Tensors.slice(labels, 0, at, end).copy_(batch.labels());
                    at = end;
                }
            }
        }
        return new Batch(Map.of(Batch.PIXEL_VALUES, values, Batch.LABELS, labels));
    }

    private static Evaluator evaluator(Dataset rows, List<String> labels) {
        return new Evaluator(BatchSource.byLength(rows, Batching.of(64)), new CrossEntropy(0), Precision.AUTO, labels);
    }
}
