package org.counterweight.adapt.adalora;

import static org.bytedeco.pytorch.global.torch.zeros_like;
import static org.counterweight.engine.Tensors.scalar;

import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;

/**
 * How much the loss would feel the loss of each entry of a tensor, smoothed over steps, and how sure that is. Q. Zhang et al.,
 * "AdaLoRA: Adaptive Budget Allocation for Parameter-Efficient Fine-Tuning", ICLR 2023, equations 8 to 11; both moments start at 0 and are not corrected for it.
 *
 * @param average of |w g|, of the parameter's shape
 * @param uncertainty of | |w g| − average |, of the same
 */
public record Sensitivity(Tensor average, Tensor uncertainty) {

    /** Zero, of the shape of {@code parameter}; freed by {@link #close} alone. */
    static Sensitivity of(Tensor parameter) {
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            return new Sensitivity(Scope.own(zeros_like(parameter)), Scope.own(zeros_like(parameter)));
        }
    }

    /**
     * Takes in one more step, in place; without gradient.
     *
     * @param gradient of the parameter's shape
     * @param beta1 what the average keeps of itself, [0, 1)
     * @param beta2 what the uncertainty keeps, [0, 1)
     */
    public void update(Tensor parameter, Tensor gradient, double beta1, double beta2) {
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            Tensor now = parameter.mul(gradient).abs_();
            average.mul_(scalar(beta1)).add_(now, scalar(1 - beta1));
            uncertainty.mul_(scalar(beta2)).add_(now.sub_(average).abs_(), scalar(1 - beta2));
        }
    }

    /** s = average · uncertainty, of the parameter's shape, at least 0. */
    public Tensor score() {
        return average.mul(uncertainty);
    }

    void close() {
        average.close();
        uncertainty.close();
    }
}
