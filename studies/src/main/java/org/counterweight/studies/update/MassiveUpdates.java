package org.counterweight.studies.update;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.Configs;
import org.counterweight.data.BatchSource;
import org.counterweight.data.Batching;
import org.counterweight.data.text.TextClassification;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.merge.update.baseline.Distillation;
import org.counterweight.merge.update.baseline.Ewc;
import org.counterweight.merge.update.fisher.DiagonalFisher;
import org.counterweight.merge.update.fisher.FisherConfig;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.Precision;
import org.counterweight.model.part.Pooling;
import org.counterweight.model.zoo.Architectures;
import org.counterweight.model.zoo.Heads;
import org.counterweight.studies.bed.PartlyFrozen;
import org.counterweight.studies.bed.classifier.WeighedClassifier;
import org.counterweight.studies.plan.arm.Size;
import org.counterweight.train.Task;
import org.counterweight.train.TrainConfig;
import org.counterweight.train.Trainer;
import org.counterweight.train.TrainingListener;
import org.counterweight.train.objective.CrossEntropy;
import org.counterweight.train.objective.Objective;
import org.counterweight.weights.ModelDirectory;

/**
 * How the sentence encoder of {@link BcwiMassiveStudy} is trained and updated. Its embeddings and the lower half of its layers
 * stand still.
 *
 * @param start the weights that move, as they are before any training
 * @param old the old training set
 * @param updated the updated one
 * @param wasOld whether each row of the updated set was in the old one, {@code int64 [n]}
 */
record MassiveUpdates(
        PartlyFrozen model,
        Map<String, Tensor> start,
        TextClassification old,
        TextClassification updated,
        Tensor wasOld,
        Seed seed,
        Size size) {
    private static final Pattern LAYER = Pattern.compile("encoder\\.layer\\.(\\d+)\\.");
    private static final int BATCH = 16;

    /** The classifier on {@code files}' encoder, with a head of its own. */
    static MassiveUpdates of(
            ModelDirectory files,
            TextClassification old,
            TextClassification updated,
            Tensor wasOld,
            Seed seed,
            Size size) {
        Model whole = Architectures.of(Heads.classifier(files.config(), updated.labelNames(), Pooling.MEAN));
        Map<String, Tensor> weights =
                new LinkedHashMap<>(whole.initialize(seed.child("head").generator()));
        var stored = new LinkedHashMap<String, Tensor>();
        files.tensors()
                .keySet()
                .forEach(name -> stored.put(name, files.tensor(name).clone()));
        weights.putAll(Architectures.fit(whole, stored).byName());
        int layers = files.config().path("num_hidden_layers").asInt();
        var frozen = new LinkedHashMap<>(weights);
        frozen.keySet().removeIf(name -> moves(name, layers));
        weights.keySet().removeIf(name -> !moves(name, layers));
        var model = new PartlyFrozen(whole, Precision.AUTO.of(whole, Params.of(frozen)));
        return new MassiveUpdates(model, weights, old, updated, wasOld, seed, size);
    }

    /** The upper half of the layers, and the head. */
    private static boolean moves(String name, int layers) {
        Matcher layer = LAYER.matcher(name);
        return layer.find() ? Integer.parseInt(layer.group(1)) >= layers / 2 : name.startsWith("classifier.");
    }

    /** The model in production. */
    Map<String, Tensor> oldModel() {
        return trained(start, old, 6, seed.child("old"), plain -> plain);
    }

    /** Trained on all data, without a look at the old model. */
    Map<String, Tensor> target() {
        return trained(start, updated, 6, seed.child("target"), plain -> plain);
    }

    /** One of several updates of {@code from}, which differ in the order of the batches and in what is dropped. */
    Map<String, Tensor> update(Map<String, Tensor> from, int replica) {
        return update(from, replica, plain -> plain);
    }

    private Map<String, Tensor> update(Map<String, Tensor> from, int replica, UnaryOperator<Task> how) {
        return trained(from, updated, 3, seed.child("update").child(replica), how);
    }

    /** @param fisher of {@code from}; empty to hold every weight alike */
    Map<String, Tensor> pulled(Map<String, Tensor> from, double strength, Map<String, Tensor> fisher) {
        return update(from, 0, plain -> plain.with(new Ewc(strength, from, fisher)));
    }

    Map<String, Tensor> distilled(Map<String, Tensor> from, double strength) {
        Tensor teacher = logits(from, updated);
        var objective = new Distillation(Distillation.Variant.ALL, strength, 2);
        Objective taught = (model, params, batch, pass) -> {
            Tensor rows = batch.get(Batch.ROW);
            Batch with = batch.with(Distillation.TEACHER, teacher.index_select(0, rows))
                    .with(Distillation.IS_OLD, wasOld.index_select(0, rows));
            return objective.losses(model, params, with, pass);
        };
        return update(from, 0, plain -> plain.towards(taught));
    }

    private Map<String, Tensor> trained(
            Map<String, Tensor> from, TextClassification rows, int epochs, Seed own, UnaryOperator<Task> how) {
        Map<String, Tensor> weights = WeighedClassifier.moving(from);
        BatchSource batches = BatchSource.shuffled(rows, Batching.of(BATCH), own.child("order"));
        Task task = how.apply(Task.of(model, Params.of(weights), batches, new CrossEntropy(0)));
        try (var trainer = new Trainer(task, config(epochs, own), new TrainingListener() {}, null)) {
            trainer.run();
        }
        return WeighedClassifier.still(weights);
    }

    /** How a model is trained for this many epochs. */
    TrainConfig config(int epochs, Seed own) {
        return TrainConfig.of("""
                epochs: %d
                batch_size: %d
                lr: 2e-4
                weight_decay: 0.01
                schedule: linear
                warmup: 0.1
                clip: 5.0
                precision: auto
                seed: %d
                """.formatted(size.of(epochs, 1), BATCH, own.value()));
    }

    /** Of 300 requests of the updated set. */
    Map<String, Tensor> fisher(Map<String, Tensor> weights) {
        int[] some = Arrays.copyOf(
                seed.child("fisher").permutation(updated.size()), Math.min(updated.size(), size.of(300, 8)));
        var batches = new ArrayList<Batch>();
        for (int row : some) {
            batches.add(updated.batch(row)); // alone, so that nothing is padded
        }
        return DiagonalFisher.of(Configs.defaults(FisherConfig.class), model, weights, batches);
    }

    /** {@code [rows, classes]}, in the order of the data. */
    Tensor logits(Map<String, Tensor> weights, TextClassification rows) {
        Params params = Params.of(weights);
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            Tensor all = Tensors.zeros(rows.size(), rows.labelNames().size());
            for (int[] numbers : Batching.of(64).byLength(rows)) {
                try (var inner = Scope.open()) {
                    Batch batch = rows.batch(numbers);
                    all.index_copy_(
                            0,
                            batch.get(Batch.ROW),
                            model.forward(params, batch, Pass.evaluation()).logits());
                }
            }
            return scope.keep(all);
        }
    }

    static Tensor labels(TextClassification rows) {
        return Tensors.longs(
                IntStream.range(0, rows.size()).mapToLong(rows::label).toArray());
    }
}
