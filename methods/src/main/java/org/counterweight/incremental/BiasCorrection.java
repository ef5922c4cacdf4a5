package org.counterweight.incremental;

import static org.counterweight.engine.Tensors.as;
import static org.counterweight.engine.Tensors.logSoftmax;
import static org.counterweight.engine.Tensors.slice;

import java.util.LinkedHashMap;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.model.part.LinearHead;
import org.counterweight.train.optimize.Gradients;
import org.counterweight.train.optimize.Optimizer;
import org.counterweight.train.optimize.Sgd;

/**
 * BiC: two numbers correct the logits of the new classes, z_new ← α z_new + β, found on rows of all classes alike that
 * nothing was trained on.
 *
 * <p>Y. Wu et al., "Large Scale Incremental Learning", CVPR 2019, section 3.2; of the corrected logits themselves, where
 * PyCIL takes a softmax before the cross entropy takes another.
 *
 * @param low the first corrected column
 * @param loss at each step, before it was taken
 */
public record BiasCorrection(long low, double alpha, double beta, double[] loss) {
    /** How it is found: full batches, decay of both numbers coupled. */
    public record Fit(double lr, double momentum, double weightDecay, int steps) {
        public Fit {
            if (!(lr > 0) || !(momentum >= 0 && momentum < 1) || !(weightDecay >= 0) || steps < 1) {
                throw new ConfigException("bic: lr " + lr + ", momentum " + momentum + ", weight_decay " + weightDecay
                        + ", steps " + steps + " are not allowed; expected lr above 0, momentum in [0, 1), weight_decay"
                        + " of at least 0 and at least one step");
            }
        }
    }

    /**
     * @param logits {@code [n, C]}, without gradient, of rows that were held out
     * @param labels {@code int64 [n]}
     */
    public static BiasCorrection fit(Fit fit, Tensor logits, Tensor labels, long low) {
        try (var scope = Scope.open()) {
            Tensor alpha = as(Tensors.doubles(new double[] {1}), logits).requires_grad_(true);
            Tensor beta = as(Tensors.doubles(new double[] {0}), logits).requires_grad_(true);
            var numbers = new LinkedHashMap<String, Tensor>();
            numbers.put("alpha", alpha);
            numbers.put("beta", beta);
            double[] losses = new double[fit.steps];
            try (var optimizer = Optimizer.of(new Sgd(fit.momentum, false), numbers, fit.lr, fit.weightDecay)) {
                for (int step = 0; step < losses.length; step++) {
                    try (var inner = Scope.open()) {
                        Gradients.clear(numbers.values());
                        Tensor loss = logSoftmax(corrected(logits, low, alpha, beta), 1)
                                .gather(1, labels.unsqueeze(1))
                                .mean()
                                .neg();
                        losses[step] = loss.item_double();
                        loss.backward();
                        optimizer.step(1);
                    }
                }
            }
            return new BiasCorrection(low, alpha.item_double(), beta.item_double(), losses);
        }
    }

    /** {@code [B, C] -> [B, C]}. */
    public Tensor of(Tensor logits) {
        return corrected(
                logits,
                low,
                as(Tensors.doubles(new double[] {alpha}), logits),
                as(Tensors.doubles(new double[] {beta}), logits));
    }

    /**
     * The head that says the corrected logits itself.
     *
     * @throws ConfigException if it has no bias to take β up
     */
    public LinearHead into(LinearHead head) {
        Tensor bias = head.bias();
        if (bias == null) {
            throw new ConfigException(
                    "bic is kept in the head's bias, and this model's head has none; take another method");
        }
        try (var off = Tensors.noGrad()) {
            Tensor weight = head.weight().detach().clone();
            Tensor shifted = bias.detach().clone();
            slice(weight, 0, low, weight.size(0)).mul_(Tensors.scalar(alpha));
            slice(shifted, 0, low, shifted.size(0)).mul_(Tensors.scalar(alpha)).add_(Tensors.scalar(beta));
            return new LinearHead(weight, shifted);
        }
    }

    private static Tensor corrected(Tensor logits, long low, Tensor alpha, Tensor beta) {
        Tensor old = slice(logits, 1, 0, low);
        Tensor young = slice(logits, 1, low, logits.size(1)).mul(alpha).add(beta);
        return torch.cat(new TensorVector(old, young), 1);
    }
}
