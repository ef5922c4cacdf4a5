package org.counterweight.fewgen.classify;

import static org.counterweight.engine.Tensors.add;
import static org.counterweight.engine.Tensors.logSoftmax;
import static org.counterweight.engine.Tensors.optional;
import static org.counterweight.engine.Tensors.sum;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.config.ConfigException;
import org.counterweight.train.objective.CrossEntropy;

/**
 * Cross entropy on the texts' labels, and what the classifier believed of them before: CE + λ KL(z̄ ‖ p).
 *
 * @param labelSmoothing s in [0, 1): the target is (1 − s) of the label and s spread over all classes
 * @param weight λ, not negative
 */
public record ConsistencyLoss(double labelSmoothing, double weight) {
    private static final long MEAN = 1; // at::Reduction::Mean

    public ConsistencyLoss {
        if (!(labelSmoothing >= 0 && labelSmoothing < 1)) {
            throw new ConfigException("label_smoothing", labelSmoothing, "a number in [0, 1)");
        }
        if (!(weight >= 0 && Double.isFinite(weight))) {
            throw new ConfigException("reg_weight", weight, "a number of at least 0");
        }
    }

    /**
     * All three are scalars, means over the batch.
     *
     * @param kl summed over the classes
     * @param all ce + λ kl
     */
    public record Terms(Tensor ce, Tensor kl, Tensor all) {}

    /**
     * Of one batch.
     *
     * @param logits {@code [rows, classes]}
     * @param labels {@code int64 [rows]}
     * @param ensemble z̄, {@code [rows, classes]}; no gradient flows to it, and 0 log 0 is 0
     */
    public Terms of(Tensor logits, Tensor labels, Tensor ensemble) {
        Tensor ce = torch.cross_entropy_loss(
                logits, labels, optional((Tensor) null), MEAN, CrossEntropy.IGNORED, labelSmoothing);
        Tensor before = ensemble.detach();
        Tensor gap = torch.xlogy(before, before).sub(before.mul(logSoftmax(logits, -1)));
        Tensor kl = sum(gap, false, -1).mean();
        return new Terms(ce, kl, add(ce, kl, weight));
    }
}
