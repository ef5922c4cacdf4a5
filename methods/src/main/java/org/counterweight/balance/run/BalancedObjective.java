package org.counterweight.balance.run;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.balance.ClassCounts;
import org.counterweight.balance.LogitAdjustment;
import org.counterweight.balance.Shrinkage;
import org.counterweight.balance.loss.FirstLoss;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Output;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.part.LinearHead;
import org.counterweight.train.event.Moment;
import org.counterweight.train.objective.Objective;
import org.jspecify.annotations.Nullable;

/**
 * The first stage's loss: of each row, of logits that may be adjusted, with the features' lengths beside. Evaluations see
 * none of it, and ask the objective that there was before.
 *
 * @param head the head's name
 * @param adjustment of the logits in training; null for none
 * @param featureDecay ζ
 * @param unitFeatures whether features come to the head with length 1, and without a bias
 */
record BalancedObjective(
        Objective plain,
        FirstLoss.Rows loss,
        String head,
        @Nullable LogitAdjustment adjustment,
        ClassCounts counts,
        double featureDecay,
        boolean unitFeatures)
        implements Objective {
    private static final double SHORTEST = 1e-12; // of features that are all 0

    @Override
    public Losses losses(Model model, Params params, Batch batch, Pass pass) {
        return plain.losses(model, params, batch, pass);
    }

    @Override
    public Losses losses(Model model, Params params, Batch batch, Pass pass, Moment at) {
        Output output = model.forward(params, batch, pass);
        LinearHead last = LinearHead.of(params, head);
        Tensor given = output.features().to(ScalarType.Float);
        Tensor features = unitFeatures ? units(given) : given;
        Tensor logits = unitFeatures
                ? Tensors.linear(features, Tensors.as(last.weight(), features), null)
                : output.logits().to(ScalarType.Float);
        Tensor labels = batch.labels();
        Tensor seen = adjustment == null
                ? logits
                : adjustment.inTraining(logits, counts.logPrior().to(logits.device(), ScalarType.Float));
        Tensor perRow = loss.perRow(seen, labels, features, last, at.epoch());
        var losses = new Losses(perRow, torch.ones_like(labels), logits.detach());
        return featureDecay == 0 ? losses : losses.with(Shrinkage.ofFeatures(features, featureDecay));
    }

    private static Tensor units(Tensor features) {
        return features.div(Tensors.norm2(features, true, 1).clamp_min(Tensors.scalar(SHORTEST)));
    }
}
