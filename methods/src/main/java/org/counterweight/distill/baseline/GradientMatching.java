package org.counterweight.distill.baseline;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.distill.FlatModel;
import org.counterweight.engine.Tensors;

/**
 * DC: Σ_c Σ_w Σ_r 1 − ⟨a, b⟩ / (‖a‖ ‖b‖ + ε), a and b the gradients of the cross-entropy on real and synthetic images of class c
 * with respect to row r of weight w. Biases, and scales and shifts of norms, do not count. B. Zhao et al., "Dataset Condensation
 * with Gradient Matching", ICLR 2021, section 3.3.
 *
 * @param epsilon ε; 1e-6 is usual
 */
public record GradientMatching(double epsilon) {
    /**
     * The loss, a scalar, differentiable with respect to the synthetic images.
     *
     * @param real of each class, {@code [n, channels, height, width]}
     * @param synthetic of each class
     */
    public Tensor loss(FlatModel model, Tensor theta, List<Tensor> real, List<Tensor> synthetic) {
        Classes.requireSame(real, synthetic);
        Tensor loss = torch.zeros_like(theta.select(0, 0)).detach();
        for (int c = 0; c < real.size(); c++) {
            Map<String, Tensor> wanted = model.gradients(theta, real.get(c), labels(real.get(c), c), false);
            Map<String, Tensor> found = model.gradients(theta, synthetic.get(c), labels(synthetic.get(c), c), true);
            for (var entry : found.entrySet()) {
                if (entry.getValue().dim() >= 2) {
                    Tensor ofReal =
                            Objects.requireNonNull(wanted.get(entry.getKey())).detach();
                    loss = loss.add(distance(ofReal, entry.getValue()));
                }
            }
        }
        return loss;
    }

    private static Tensor labels(Tensor images, long label) {
        return torch.full(new long[] {images.size(0)}, new Scalar(label), Tensors.options(ScalarType.Long));
    }

    private Tensor distance(Tensor real, Tensor synthetic) {
        Tensor a = real.flatten(1, -1);
        Tensor b = synthetic.flatten(1, -1);
        Tensor norms = Tensors.norm2(a, false, 1).mul(Tensors.norm2(b, false, 1));
        Tensor cosines = Tensors.sum(a.mul(b), false, 1).div(Tensors.plus(norms, epsilon));
        return Tensors.plus(cosines.neg(), 1).sum();
    }
}
