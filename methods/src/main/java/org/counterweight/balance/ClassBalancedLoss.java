package org.counterweight.balance;

import static org.counterweight.engine.Tensors.as;
import static org.counterweight.engine.Tensors.logSoftmax;
import static org.counterweight.engine.Tensors.optional;
import static org.counterweight.engine.Tensors.sum;
import static org.counterweight.engine.Tensors.times;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.config.Checks;
import org.counterweight.config.Setting;

/**
 * A loss of each row times the weight of its class, {@link ClassCounts#weights}.
 *
 * <p>Y. Cui et al., CVPR 2019, sections 4.1 to 4.3. {@code softmax_bce} is what the code of Alshammari et al. (CVPR 2022)
 * runs under the name of softmax: gradients about C times smaller, so rate and decay are to be tuned anew.
 */
public record ClassBalancedLoss(
        @Setting(
                value =
                        "The loss: softmax (cross entropy), softmax_bce (binary cross entropy of its probabilities), sigmoid,"
                                + " focal",
                defaultsTo = "\"softmax\"",
                oneOf = {"softmax", "softmax_bce", "sigmoid", "focal"})
        Form form,

        @Setting(
                value = "How much rows of a class overlap: 0 weighs all classes alike, 1 by the inverse of their rows",
                defaultsTo = "0.9999",
                range = "[0, 1]")
        double beta,

        @Setting(
                value = "focal: how much rows that are nearly right are spared",
                defaultsTo = "2.0",
                range = "at least 0; 2 is usual")
        double gamma) {

    private static final long UNREDUCED = 0; // at::Reduction::None

    /** What is computed of a row's logits. */
    public enum Form {
        /** −log p_y; the mean over rows. */
        SOFTMAX,
        /** −t log p − (1 − t) log(1 − p) with p the softmax; the mean over rows and classes. */
        SOFTMAX_BCE,
        /** The same with p the sigmoid of each logit; the mean over rows and classes. */
        SIGMOID,
        /** (1 − q)^γ times that, q the probability of what is true; summed over classes, the mean over rows. */
        FOCAL;

        /** By what the sum over a row's classes is divided in the loss. */
        private long terms(long classes) {
            return this == SOFTMAX_BCE || this == SIGMOID ? classes : 1;
        }
    }

    public ClassBalancedLoss {
        Checks.ranges(ClassBalancedLoss.class, "balance.loss", beta, gamma);
    }

    /**
     * The weighted loss of each row, summed over its classes.
     *
     * @param logits {@code [B, C]}
     * @param labels {@code int64 [B]}
     * @param weights {@code [C]}, of any floating type
     * @return {@code [B]}
     */
    public Tensor perSample(Tensor logits, Tensor labels, Tensor weights) {
        Tensor ofRow = as(weights, logits).index_select(0, labels);
        if (form == Form.SOFTMAX) {
            return logSoftmax(logits, 1)
                    .gather(1, labels.unsqueeze(1))
                    .squeeze(1)
                    .neg()
                    .mul(ofRow);
        }
        Tensor truth = as(torch.one_hot(labels, logits.size(1)), logits);
        Tensor terms = form == Form.SOFTMAX_BCE
                // LibTorch's own keeps logarithms above −100, and their gradients finite
                ? torch.binary_cross_entropy(torch.softmax(logits, 1), truth, optional((Tensor) null), UNREDUCED)
                : torch.binary_cross_entropy_with_logits(
                        logits, truth, optional((Tensor) null), optional((Tensor) null), UNREDUCED);
        if (form == Form.FOCAL) {
            // (1 − q)^γ = exp(−γ t z − γ softplus(−z)), which cannot overflow
            Tensor exponent = torch.log_sigmoid(logits).sub(truth.mul(logits));
            terms = terms.mul(times(exponent, gamma).exp());
        }
        return sum(terms, false, 1).mul(ofRow);
    }

    /** The same so that the mean over rows is the loss: {@code [B]}. */
    public Tensor perRow(Tensor logits, Tensor labels, Tensor weights) {
        return times(perSample(logits, labels, weights), 1.0 / form.terms(logits.size(1)));
    }
}
