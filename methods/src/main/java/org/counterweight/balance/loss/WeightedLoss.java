package org.counterweight.balance.loss;

import org.bytedeco.pytorch.Tensor;
import org.counterweight.balance.ClassBalancedLoss;
import org.counterweight.balance.ClassBalancedLoss.Form;
import org.counterweight.balance.ClassCounts;
import org.counterweight.config.Checks;
import org.counterweight.config.Setting;
import org.counterweight.engine.Scope;

/** A {@link ClassBalancedLoss}, from the beginning or, as deferred re-weighting (DRW), after some epochs of cross entropy. */
public record WeightedLoss(
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
                range = "at least 0")
        double gamma,

        @Setting(value = "Epochs of plain cross entropy before it", defaultsTo = "0", range = "at least 0")
        int deferred)
        implements FirstLoss {
    public WeightedLoss {
        Checks.ranges(WeightedLoss.class, "balance.loss", beta, gamma, deferred);
    }

    @Override
    public Rows of(ClassCounts counts) {
        var loss = new ClassBalancedLoss(form, beta, gamma);
        return (logits, labels, features, head, epoch) -> epoch < deferred
                ? PlainLoss.crossEntropy(logits, labels)
                : loss.perRow(logits, labels, weights(counts, logits));
    }

    private Tensor weights(ClassCounts counts, Tensor like) {
        try (var scope = Scope.open()) {
            return scope.keep(counts.weights(beta).to(like.device(), like.scalar_type()));
        }
    }
}
