package org.counterweight.fewgen.classify;

import java.util.Arrays;
import org.counterweight.data.LabelledDataset;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.jspecify.annotations.Nullable;

/**
 * A classifier learns from rows with right labels: cross entropy on smoothed targets, pass after pass, each in an order of its
 * own.
 *
 * @param dev rows to choose the best weights by; null keeps the last
 * @param every steps between two judgements
 */
public record FewShotLearning(
        LabelledDataset rows,
        @Nullable LabelledDataset dev,
        int batchSize,
        int every,
        double labelSmoothing,
        Seed order) {
    /** Goes on with it to its last step, or until it is stopped; whether it came to its end. */
    public boolean run(Learner learner, LearningListener listener) {
        var loss = new ConsistencyLoss(labelSmoothing, 0);
        long each = (rows.size() + batchSize - 1L) / batchSize;
        long epoch = -1;
        int[] numbers = {};
        while (learner.taken() < learner.steps()) {
            if (epoch != learner.taken() / each) {
                epoch = learner.taken() / each;
                numbers = order.child(epoch).permutation(rows.size());
            }
            int from = Math.toIntExact(learner.taken() % each) * batchSize;
            try (var scope = Scope.open()) {
                int[] some = Arrays.copyOfRange(numbers, from, Math.min(rows.size(), from + batchSize));
                double value = learner.step(loss, rows.batch(some), null);
                listener.stepped(learner.taken(), learner.steps(), value);
            }
            if (learner.taken() % every == 0 || learner.taken() == learner.steps()) {
                double figure = dev == null ? Double.NaN : learner.accuracy(dev);
                learner.judge(dev == null ? learner.taken() : figure);
                listener.judged(learner.taken(), figure, learner);
                if (listener.stops() && learner.taken() < learner.steps()) {
                    return false;
                }
            }
        }
        return true;
    }
}
