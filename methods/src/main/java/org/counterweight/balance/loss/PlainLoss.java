package org.counterweight.balance.loss;

import static org.counterweight.engine.Tensors.logSoftmax;

import org.bytedeco.pytorch.Tensor;
import org.counterweight.balance.ClassCounts;

/** Cross entropy, every row alike: −log p_y. */
public record PlainLoss() implements FirstLoss {
    @Override
    public Rows of(ClassCounts counts) {
        return (logits, labels, features, head, epoch) -> crossEntropy(logits, labels);
    }

    static Tensor crossEntropy(Tensor logits, Tensor labels) {
        return logSoftmax(logits, 1).gather(1, labels.unsqueeze(1)).squeeze(1).neg();
    }
}
