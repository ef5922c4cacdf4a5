package org.counterweight.distill.baseline;

import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.distill.FlatModel;
import org.counterweight.engine.Tensors;

/**
 * DM: Σ_c ‖mean f(real_c) − mean f(X_c)‖², f the features before the classifier of a network with random weights. B. Zhao and H.
 * Bilen, "Dataset Condensation with Distribution Matching", WACV 2023, equation 4.
 */
public final class DistributionMatching {
    private DistributionMatching() {}

    /**
     * The loss, a scalar, differentiable with respect to the synthetic images.
     *
     * @param real of each class, {@code [n, channels, height, width]}, augmented
     * @param synthetic of each class, augmented by the same draw
     */
    public static Tensor loss(FlatModel model, Tensor theta, List<Tensor> real, List<Tensor> synthetic) {
        Classes.requireSame(real, synthetic);
        Tensor loss = torch.zeros_like(theta.select(0, 0)).detach();
        for (int c = 0; c < real.size(); c++) {
            Tensor wanted = mean(model, theta.detach(), real.get(c)).detach();
            loss = loss.add(wanted.sub(mean(model, theta.detach(), synthetic.get(c)))
                    .square()
                    .sum());
        }
        return loss;
    }

    private static Tensor mean(FlatModel model, Tensor theta, Tensor images) {
        return Tensors.mean(model.output(theta, images).features().flatten(1, -1), false, 0);
    }
}
