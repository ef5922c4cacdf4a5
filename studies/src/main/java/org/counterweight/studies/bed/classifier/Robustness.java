package org.counterweight.studies.bed.classifier;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Seed;
import org.counterweight.studies.digits.Corruption;
import org.counterweight.studies.digits.Digits;
import org.counterweight.studies.digits.Samples;
import org.counterweight.studies.plan.arm.Metric;
import org.counterweight.studies.plan.arm.Size;
import org.counterweight.train.TrainConfig;

/**
 * The task that the studies of robust fine-tuning share: a perceptron that has seen heavily distorted digits is fine-tuned on
 * a few clean ones. It is judged on clean images, and on the same images under five corruptions.
 *
 * @param pretrained w_0
 * @param clean what it is fine-tuned on
 * @param held clean images beside those, to choose by
 * @param test clean
 * @param corrupted the test images under each {@link Corruption}
 */
public record Robustness(
        WeighedClassifier classifier,
        Map<String, Tensor> pretrained,
        Samples clean,
        Samples held,
        Samples test,
        List<Samples> corrupted) {
    public static final String DATA =
            "1,797 handwritten digits of 8 × 8 pixels (UCI optdigits). For each seed, shuffled: 600 images, in five distorted"
                    + " versions each (turned, moved, faded, noisy, partly covered), are for pretraining, 300 others, clean, for"
                    + " fine-tuning, 200 to choose by, 697 for the test. ID: the test images as they are; OOD: the mean over five"
                    + " corruptions of them (rotation by 20 to 40 degrees, shift by a pixel along each axis, noise of 0.2, contrast"
                    + " of 0.4, a covered square of 3 × 3).";
    public static final Metric ID = Metric.higher("id_accuracy", "ID accuracy, %", 1);
    public static final Metric OOD = Metric.higher("ood_accuracy", "OOD accuracy, %", 1);

    private static final int VERSIONS = 5;

    /** @param width of the two hidden layers */
    public static Robustness prepare(long width, Seed seed, Size size) {
        Samples all = Digits.read().shuffled(seed.child("split"));
        Samples distorted = Corruption.heavily(all.part(0, 600), VERSIONS, seed.child("distortion"));
        Samples test = all.part(1100, size == Size.FULL ? 1797 : 1200);
        var corrupted = new ArrayList<Samples>();
        for (Corruption corruption : Corruption.values()) {
            corrupted.add(test.with(images -> corruption.apply(images, seed.child(corruption.name()))));
        }
        WeighedClassifier classifier = WeighedClassifier.perceptron(64, width, width, 10);
        Map<String, Tensor> pretrained = classifier.trained(
                classifier.fresh(seed.child("start")),
                distorted.batches(32, seed.child("pretraining")),
                config(size.of(10, 1), 1e-3, "constant"));
        return new Robustness(classifier, pretrained, all.part(600, 900), all.part(900, 1100), test, corrupted);
    }

    public static TrainConfig config(int epochs, double rate, String schedule) {
        return TrainConfig.of("""
                epochs: %d
                lr: %s
                weight_decay: 0.01
                schedule: %s
                warmup: 0
                clip: null
                precision: float32
                """.formatted(epochs, rate, schedule));
    }

    public Map<String, Double> values(Map<String, Tensor> weights) {
        return Map.of(ID.key(), classifier.accuracy(weights, test), OOD.key(), classifier.accuracy(weights, corrupted));
    }
}
