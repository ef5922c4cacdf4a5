package org.counterweight.jobs.task;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.Configs;
import org.counterweight.data.BatchSource;
import org.counterweight.data.Batching;
import org.counterweight.data.Dataset;
import org.counterweight.data.Split;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.jobs.ProgressLine;
import org.counterweight.jobs.data.Prepared;
import org.counterweight.jobs.model.Adaptation;
import org.counterweight.jobs.model.BaseModel;
import org.counterweight.jobs.recipe.data.ColumnsSection;
import org.counterweight.jobs.task.feature.Features;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Output;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.module.Modules;
import org.counterweight.model.part.Initial;
import org.counterweight.model.zoo.Architectures;
import org.counterweight.reweigh.ColumnWeigher;
import org.counterweight.train.Task;
import org.counterweight.train.TrainConfig;
import org.counterweight.train.Trainer;
import org.counterweight.train.TrainingListener;
import org.counterweight.train.measure.Evaluation;
import org.counterweight.train.measure.Evaluator;

/**
 * What the frozen model reaches with a head of its own: the same kind of head, trained on the same rows for many epochs, its
 * learning rate and its best epoch chosen on the same held-out rows. The gain of an adapter is what it has beyond that.
 *
 * @param rows that the run has
 * @param seed the run's
 */
record FrozenBaseline(RunTask task, Prepared rows, Seed seed) {
    private static final List<Double> RATES = List.of(1e-3, 5e-3, 2e-2);
    private static final int EPOCHS = 40;
    private static final int BATCH = 64;

    /** The head of a model as a model of its own: scores from {@link Features}. */
    private record HeadAlone(Model whole) implements Model {
        /** Drops nothing: the features are no sample of what an adapter would make of them. */
        @Override
        public Output forward(Params params, Batch batch, Pass pass) {
            return whole.head(params, batch.get(Features.NAME), Pass.evaluation());
        }

        @Override
        public Map<String, long[]> shapes() {
            var shapes = new LinkedHashMap<>(whole.shapes());
            shapes.keySet().removeIf(name -> !BaseModel.isWithin(whole.modules().heads(), name));
            return shapes;
        }

        /**
         * Zeros for the scores: a linear classifier has one optimum wherever it starts. What lies before them in the head
         * is drawn, since behind zeros nothing would learn.
         */
        @Override
        public Map<String, Tensor> initialize(Generator random) {
            String scores = Architectures.scores(whole);
            var start = new LinkedHashMap<>(Initial.pytorch(shapes(), whole.modules(), random));
            start.replaceAll(
                    (name, drawn) -> name.startsWith(scores + ".") ? Tensors.zeros(Tensors.shape(drawn)) : drawn);
            return start;
        }

        @Override
        public Modules modules() {
            List<String> heads = whole.modules().heads();
            return whole.modules().where(module -> module.head() != null && heads.contains(module.head()));
        }
    }

    /**
     * Trains and judges the baseline. Where the adapted model begins with a fresh head, that takes the values of the
     * baseline's: an adapter that starts beside a trained head does not bend good features to a random one (A. Kumar et al.,
     * "Fine-Tuning can Distort Pretrained Features and Underperform Out-of-Distribution", ICLR 2022).
     */
    Evaluation evaluate(BaseModel base, Adaptation adaptation, ProgressLine progress) {
        Split<Dataset> split = rows.split();
        long all = split.train().size() + split.dev().size() + split.test().size();
        progress.begin("baseline: the frozen model reads", "rows", all);
        try (var scope = Scope.open()) {
            var features = new Split<>(
                    task.features(base, split.train(), progress),
                    task.features(base, split.dev(), progress),
                    task.features(base, split.test(), progress));
            progress.end();
            return evaluate(base.model(), features, head(base, adaptation));
        }
    }

    private Evaluation evaluate(Model model, Split<Dataset> features, Map<String, Tensor> start) {
        TrainConfig run = task.recipe().train();
        Seed own = seed.child("baseline");
        Evaluation best = null;
        Evaluation result = null;
        for (double rate : RATES) {
            try (var scope = Scope.open()) {
                var head = new HeadAlone(model.withClasses(rows.labels().size()));
                Map<String, Tensor> weights = head.initialize(own.generator());
                BaseModel.begin(weights, Architectures.scores(model), task.start(rows));
                weights.values().forEach(weight -> weight.requires_grad_(true));
                Params params = Params.of(weights);
                Evaluation dev = train(head, params, features, config(rate, run, own));
                if (best == null || (dev.metric(run.bestBy()) > best.metric(run.bestBy())) == run.largerIsBetter()) {
                    best = dev;
                    result = on(features.test()).evaluate(head, params);
                    try (var off = Tensors.noGrad()) {
                        start.forEach((name, tensor) -> tensor.copy_(Objects.requireNonNull(weights.get(name))));
                    }
                }
            }
        }
        return Objects.requireNonNull(result);
    }

    private Evaluation train(HeadAlone head, Params params, Split<Dataset> features, TrainConfig config) {
        BatchSource batches = BatchSource.shuffled(features.train(), new Batching(BATCH, 1), new Seed(config.seed()));
        Task alike = Task.of(head, params, batches, task.objective()).evaluatedBy(on(features.dev()));
        Task training = task.recipe().data().columns().weight() == null
                ? alike
                : alike.weighedBy(new ColumnWeigher(ColumnsSection.WEIGHT, meanWeight(features.train())));
        try (var trainer = new Trainer(training, config, new TrainingListener() {}, null)) {
            return Objects.requireNonNull(trainer.run().evaluation());
        }
    }

    /** By which a batch of rows of no weight, small as it is here, is as right as any. */
    private static double meanWeight(Dataset rows) {
        try (var scope = Scope.open()) {
            return rows.batch(IntStream.range(0, rows.size()).toArray())
                    .get(ColumnsSection.WEIGHT)
                    .mean()
                    .item_double();
        }
    }

    private static TrainConfig config(double rate, TrainConfig run, Seed seed) {
        return TrainConfig.of("{epochs: " + EPOCHS + ", batch_size: " + BATCH + ", lr: " + rate
                + ", weight_decay: 0.0, warmup: 0.0, precision: float32, metrics: "
                + Configs.tree(run).get("metrics") + ", best_by: " + run.bestBy() + ", seed: " + seed.value()
                + "}");
    }

    private Evaluator on(Dataset part) {
        return task.judge(rows, BatchSource.byLength(part, new Batching(512, 1)));
    }

    /** The weights of the model's head, by name; copies if it knows the classes already and is to stay. */
    private static Map<String, Tensor> head(BaseModel base, Adaptation adaptation) {
        var parts = new LinkedHashMap<String, Tensor>();
        adaptation.params().weights().forEach((name, tensor) -> {
            if (BaseModel.isWithin(base.model().modules().heads(), name)) {
                parts.put(name, base.bringsHead() ? tensor.detach().clone() : tensor);
            }
        });
        return parts;
    }
}
