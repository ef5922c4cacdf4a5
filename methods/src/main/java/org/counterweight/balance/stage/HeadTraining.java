package org.counterweight.balance.stage;

import static org.counterweight.engine.Tensors.as;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.balance.MaxNorm;
import org.counterweight.balance.Shrinkage;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.model.part.LinearHead;
import org.counterweight.train.measure.HeadFeatures;
import org.counterweight.train.optimize.Gradients;
import org.counterweight.train.optimize.Optimizer;
import org.counterweight.train.optimize.Sgd;
import org.jspecify.annotations.Nullable;

/** The {@link SecondStage} itself: a linear head trained on features that stay as they are. */
public final class HeadTraining implements AutoCloseable {
    private final SecondStage settings;
    private final LinearHead head;
    private final @Nullable Tensor scales; // [C, 1], of rows that stay otherwise; null where the head itself is trained
    private final Tensor classWeights;
    private final Optimizer optimizer;
    private final @Nullable MaxNorm ball;
    private final long[] projected;

    /**
     * @param start whose copy is trained
     * @param classWeights {@code [C]}
     */
    public HeadTraining(SecondStage settings, LinearHead start, Tensor classWeights) {
        this.settings = settings;
        this.classWeights = classWeights;
        this.ball = settings.maxNorm() == null ? null : settings.maxNorm().ball(start.weight());
        try (var scope = Scope.open()) {
            LinearHead copy = start.copy();
            Tensor bias = copy.bias();
            boolean isScaled = settings.learns() == SecondStage.Learns.SCALES;
            this.head = new LinearHead(held(copy.weight(), !isScaled), bias == null ? null : held(bias, !isScaled));
            this.scales =
                    isScaled ? held(torch.ones_like(copy.weight().select(1, 0).unsqueeze(1)), true) : null;
            if (settings.fresh()) {
                head.take(
                        new LinearHead(torch.zeros_like(copy.weight()), bias == null ? null : torch.zeros_like(bias)));
            }
        }
        this.optimizer =
                Optimizer.of(new Sgd(settings.momentum(), false), parameters(), settings.lr(), settings.weightDecay());
        this.projected = new long[Math.toIntExact(head.weight().size(0))];
    }

    private static Tensor held(Tensor copy, boolean isTrained) {
        return Scope.own(copy.requires_grad_(isTrained));
    }

    private Map<String, Tensor> parameters() {
        if (scales != null) {
            return Map.of("scales", scales);
        }
        var parameters = new LinkedHashMap<String, Tensor>();
        parameters.put("weight", head.weight());
        if (head.bias() != null) {
            parameters.put("bias", head.bias());
        }
        return parameters;
    }

    /** The live head, which the next epoch changes; of scaled rows, the head as it is now, of the open scope. */
    public LinearHead head() {
        return scales == null ? head : head.with(head.weight().mul(scales));
    }

    /** The radius that rows are kept within; null if they are free. */
    public @Nullable Double radius() {
        return ball == null ? null : ball.radius();
    }

    /** How often each class's row has been shortened. */
    public long[] projected() {
        return projected.clone();
    }

    /**
     * One epoch.
     *
     * @param epoch counted from 0
     * @param learnt N rows; the loss of each counts as often as the row weighs, beside the mean of the weights
     * @param batches row numbers, {@code int64 [n]} each
     * @return the mean over the rows of the objective, decay included
     */
    public double epoch(int epoch, HeadFeatures learnt, List<Tensor> batches) {
        double sum = 0;
        long rows = 0;
        Tensor weights = learnt.weights().div(learnt.weights().mean());
        for (Tensor batch : batches) {
            try (var scope = Scope.open()) {
                Gradients.clear(parameters().values());
                Tensor logits = head().logits(learnt.values().index_select(0, batch));
                Tensor perRow = settings.loss().perRow(logits, learnt.labels().index_select(0, batch), classWeights);
                Tensor loss =
                        perRow.mul(as(weights.index_select(0, batch), perRow)).mean();
                Tensor decay = Shrinkage.ofWeights(parameters().values(), settings.weightDecay());
                sum += batch.size(0) * (loss.item_double() + decay.item_double());
                rows += batch.size(0);
                loss.backward();
                optimizer.step(settings.factor(epoch)); // whose coupled decay is the gradient of the term
                project(MaxNormConfig.Every.STEP);
            }
        }
        project(MaxNormConfig.Every.EPOCH);
        return sum / rows;
    }

    private void project(MaxNormConfig.Every when) {
        if (ball == null || settings.maxNorm() == null || settings.maxNorm().projectEvery() != when) {
            return;
        }
        try (var scope = Scope.open()) {
            long[] shortened = Tensors.toLongs(ball.projectInPlace(head.weight()));
            Arrays.setAll(projected, c -> projected[c] + shortened[c]);
        }
    }

    @Override
    public void close() {
        optimizer.close();
        parameters().values().forEach(Tensor::close);
        if (scales != null) {
            head.weight().close();
            if (head.bias() != null) {
                head.bias().close();
            }
        }
    }
}
