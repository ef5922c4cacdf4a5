package org.counterweight.studies.update;

import static org.bytedeco.pytorch.global.torch.arange;
import static org.counterweight.engine.Tensors.scalar;

import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.data.BatchSource;
import org.counterweight.engine.Seed;
import org.counterweight.merge.update.ClassifierHead;
import org.counterweight.model.Params;
import org.counterweight.studies.bed.classifier.WeighedClassifier;
import org.counterweight.studies.digits.Samples;
import org.counterweight.train.Task;
import org.counterweight.train.TrainConfig;

/**
 * How the digit reader of {@link BcwiDigitsStudy} is trained and updated.
 *
 * @param data the updated training set
 * @param before how many of its first rows were the old one
 * @param addsClasses whether the digits 8 and 9 are new
 */
record DigitUpdates(
        WeighedClassifier classifier, int epochs, Samples data, int before, boolean addsClasses, Seed seed) {
    /** The module of the last layer, whose rows are the classes. */
    static final String LAST = "2";

    private static final int BATCH = 4;
    private static final double RATE = 0.008;

    TrainConfig config() {
        return config(RATE, 0.01);
    }

    TrainConfig config(double rate, double decay) {
        return TrainConfig.of("""
                epochs: %d
                lr: %s
                weight_decay: %s
                schedule: cosine
                warmup: 0
                clip: null
                precision: float32
                """.formatted(epochs, rate, decay));
    }

    TrainConfig withoutDecay() {
        return config(RATE, 0);
    }

    /** The same at another rate. */
    TrainConfig at(double rate) {
        return config(rate, 0.01);
    }

    List<Integer> added() {
        return addsClasses ? List.of(8, 9) : List.of();
    }

    /** Whether each row of the data was there before, {@code [n]}. */
    Tensor known() {
        Tensor first = arange(scalar(data.size())).lt(scalar(before));
        return addsClasses ? first.logical_and(data.labels().lt(scalar(8))) : first;
    }

    /** The model in production: trained on what there was before, classes that come later left out. */
    Map<String, Tensor> old(Map<String, Tensor> pretrained) {
        Samples old = data.rows(known().nonzero().squeeze(1));
        return classifier.trained(pretrained, old.batches(BATCH, seed.child("old")), config());
    }

    /** Trained on all data, without a look at the old model. */
    Map<String, Tensor> target(Map<String, Tensor> pretrained) {
        return classifier.trained(pretrained, data.batches(BATCH, seed.child("target")), config());
    }

    /** Where updates begin: the old model, the rows of new classes at random values. */
    Map<String, Tensor> start(Map<String, Tensor> old) {
        Map<String, Tensor> start = WeighedClassifier.still(WeighedClassifier.moving(old));
        if (addsClasses) {
            head().reset(start, classifier.fresh(seed.child("new rows")));
        }
        return start;
    }

    private ClassifierHead head() {
        return new ClassifierHead(LAST, added());
    }

    /** The batches of one of several updates, which differ in nothing else. */
    BatchSource order(int replica) {
        return order(replica, Map.of());
    }

    /** @param beside what batches carry more, see {@link Samples#batches} */
    BatchSource order(int replica, Map<String, Tensor> beside) {
        return data.batches(BATCH, seed.child("update").child(replica), beside);
    }

    Map<String, Tensor> updated(Map<String, Tensor> old, int replica) {
        return updated(old, Params.of(WeighedClassifier.moving(start(old))), order(replica), config(), plain -> plain);
    }

    /** What {@code params} become; rows of the last layer whose classes are not new stand still where others are. */
    Map<String, Tensor> updated(
            Map<String, Tensor> old, Params params, BatchSource order, TrainConfig config, UnaryOperator<Task> how) {
        return classifier.finished(
                params,
                order,
                config,
                plain -> addsClasses ? how.apply(plain).with(head().holding(old)) : how.apply(plain));
    }
}
