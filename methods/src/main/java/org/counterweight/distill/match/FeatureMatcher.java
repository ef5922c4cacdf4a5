package org.counterweight.distill.match;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.distill.FlatModel;
import org.counterweight.distill.OuterStep;
import org.counterweight.distill.baseline.DistributionMatching;
import org.counterweight.distill.real.RealImages;
import org.counterweight.distill.settings.DistillConfig;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;

/**
 * DM: in each step the mean features of real and synthetic images of a class, by a network fresh in that step, are drawn
 * together; both are changed by the same draw.
 */
public record FeatureMatcher(DistillConfig config, FlatModel model, RealImages real) implements Matcher {
    @Override
    public Outcome step(OuterStep.State before, Tensor labels, OuterStep outer, Seed seed) {
        try (var scope = Scope.open()) {
            Tensor theta = model.fresh(seed.child("weights"));
            Tensor images = before.images().detach().requires_grad_(true);
            Pairs pairs = Pairs.of(config, real, images, seed);
            Tensor loss = DistributionMatching.loss(model, theta, pairs.real(), pairs.synthetic());
            return moved(before, outer, loss, images).keptBy(scope);
        }
    }

    /** After a step along the gradient of a loss that says nothing about the inner rate. */
    static Outcome moved(OuterStep.State before, OuterStep outer, Tensor loss, Tensor images) {
        Tensor gradient = Tensors.gradients(loss, false, images)[0];
        double value = loss.item_double();
        boolean isFinite = Double.isFinite(value) && gradient.isfinite().all().item_bool();
        return isFinite
                ? new Outcome(outer.step(before, gradient, torch.zeros_like(before.rate())), null, value, true)
                : new Outcome(before, null, value, false);
    }
}
