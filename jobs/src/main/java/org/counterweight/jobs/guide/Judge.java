package org.counterweight.jobs.guide;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.data.BatchSource;
import org.counterweight.data.Batching;
import org.counterweight.data.Dataset;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.guide.figure.Nearness;
import org.counterweight.guide.figure.SampleFigures;
import org.counterweight.jobs.data.Prepared;
import org.counterweight.model.Batch;
import org.counterweight.model.Output;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.part.Activation;
import org.counterweight.model.zoo.image.Mlp;
import org.counterweight.train.Task;
import org.counterweight.train.TrainConfig;
import org.counterweight.train.Trainer;
import org.counterweight.train.TrainingListener;
import org.counterweight.train.objective.CrossEntropy;

/**
 * A classifier that is trained on the images of a run, and by whose features drawn images are compared with real ones that
 * neither has learnt from. Its tensors belong to the scope in which it was made.
 *
 * @param real features of the images to judge by, {@code float64 [n, width]}
 * @param accuracy of the classifier on these
 */
record Judge(Mlp model, Params params, Tensor real, double accuracy) {
    private static final List<Integer> WIDTHS = List.of(128, 32);
    private static final int MOST_REAL = 2000;
    private static final TrainConfig CONFIG = TrainConfig.of(
            "{epochs: 20, lr: 2e-3, optimizer: {name: adam}, schedule: constant, warmup: 0, weight_decay: 0.0, clip: null,"
                    + " precision: float32}");

    /**
     * What is reported of drawn images.
     *
     * @param frechet the distance of their features from real ones
     * @param accuracy how often the judge sees the class that was asked for
     * @param diversity the mean deviation of their features
     * @param precision the share that lies near real images
     * @param recall the share of real images that they lie near
     */
    record Figured(double frechet, double accuracy, double diversity, double precision, double recall) {}

    static Judge of(Prepared rows, Seed seed) {
        int inputs = rows.shape().stream().reduce(1, Math::multiplyExact);
        var model = new Mlp(inputs, WIDTHS, Math.max(2, rows.labels().size()), Activation.RELU, 0);
        var weights = new LinkedHashMap<>(model.initialize(seed.child("judge").generator()));
        weights.values().forEach(weight -> weight.requires_grad_(true));
        Params params = Params.of(weights);
        BatchSource batches =
                BatchSource.shuffled(rows.split().train(), new Batching(64, 1), seed.child("judge order"));
        try (var trainer = new Trainer(
                Task.of(model, params, batches, new CrossEntropy(0)), CONFIG, new TrainingListener() {}, null)) {
            trainer.run();
        }
        weights.values().forEach(weight -> weight.requires_grad_(false));
        Dataset held = rows.split().test();
        int[] some = new int[Math.min(MOST_REAL, held.size())];
        for (int i = 0; i < some.length; i++) {
            some[i] = (int) ((long) i * held.size() / some.length);
        }
        Batch batch = held.batch(some);
        Output told = model.forward(params, batch, Pass.evaluation());
        return new Judge(model, params, told.features().to(ScalarType.Double), right(told, batch.labels()));
    }

    private static double right(Output told, Tensor labels) {
        return told.logits()
                .argmax(new LongOptional(1), false)
                .eq(labels)
                .to(ScalarType.Double)
                .mean()
                .item_double();
    }

    /** Figures of drawn images, of the classes that were asked for. */
    Figured figures(Tensor pixels, Tensor classes) {
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            Tensor seen = pixels.clamp_min(Tensors.scalar(0)).clamp_max(Tensors.scalar(1));
            Output told = model.forward(params, new Batch(Map.of(Batch.PIXEL_VALUES, seen)), Pass.evaluation());
            Tensor features = told.features().to(ScalarType.Double);
            var near = new Nearness(3);
            return new Figured(
                    SampleFigures.frechet(features, real),
                    right(told, classes),
                    SampleFigures.diversityByDeviation(features),
                    near.share(features, real),
                    near.share(real, features));
        }
    }
}
