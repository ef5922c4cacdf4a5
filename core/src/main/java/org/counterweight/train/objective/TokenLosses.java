package org.counterweight.train.objective;

import static org.counterweight.engine.Tensors.as;
import static org.counterweight.engine.Tensors.backward;
import static org.counterweight.engine.Tensors.logSoftmax;
import static org.counterweight.engine.Tensors.options;
import static org.counterweight.engine.Tensors.scalar;
import static org.counterweight.engine.Tensors.slice;
import static org.counterweight.engine.Tensors.softmax;
import static org.counterweight.engine.Tensors.sum;

import java.util.ArrayList;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Scope;
import org.counterweight.model.Pass;

/**
 * −log p of each token's label from its hidden state, a block of tokens at a time: all logits of a batch at once are
 * vocabulary / width times as large as the hidden states, and most of a small model's time goes into moving them.
 *
 * <p>Under a frozen head a token's loss l depends on whatever is trained through its hidden state h alone. So the gradient
 * g = ∂l/∂h = (∂z/∂h)^T (softmax(z) − label) is taken while the block's logits z lie in the cache, and l + g · (h − h₀),
 * with h₀ the value of h, has the loss's value and its gradient, whatever factor each loss counts with later. It has no
 * second derivative: a pass that is to be differentiated twice takes the losses whole.
 */
final class TokenLosses {
    private static final long IN_CACHE = 1 << 22; // logits at a time: 16 MiB
    private static final long ON_DEVICE = 1 << 27; // where a launch costs more than memory: 512 MiB

    /** A probability that float32 still holds to its last digit. */
    private static final double UNSURE = 1e-30;

    private static final long WIDTHS = 2; // a head's tokens at a time, as a multiple of the width of its states

    private TokenLosses() {}

    /**
     * @param head {@code [n, width] -> [n, vocabulary]}
     * @param hidden {@code [n, width]}
     * @param labels {@code int64 [n]}, each in [0, vocabulary)
     * @return {@code [n]}, in float32 or wider
     */
    static Tensor of(UnaryOperator<Tensor> head, Tensor hidden, Tensor labels, Pass pass) {
        return pass.isTwiceDifferentiable()
                ? CrossEntropy.unreduced(head.apply(hidden), labels, 0)
                : of(head, hidden, labels, hidden.is_cpu() ? IN_CACHE : ON_DEVICE);
    }

    /** @param block how many logits are held at a time */
    static Tensor of(UnaryOperator<Tensor> head, Tensor hidden, Tensor labels, long block) {
        Tensor none = head.apply(slice(hidden.detach(), 0, 0, 0)); // costs nothing, and says what the head is
        long tokens = Math.max(1, block / none.size(1));
        return none.requires_grad()
                ? underTrained(head, hidden, labels, Math.max(tokens, WIDTHS * hidden.size(1)))
                : underFrozen(head, hidden, labels, tokens);
    }

    /**
     * A trained head keeps log softmax(z) of all tokens for its own gradient. In blocks, of which each has room in memory that
     * the step before has used; large ones, for each adds a gradient as large as the head.
     */
    private static Tensor underTrained(UnaryOperator<Tensor> head, Tensor hidden, Tensor labels, long block) {
        if (hidden.size(0) <= block) {
            return CrossEntropy.unreduced(head.apply(hidden), labels, 0);
        }
        var losses = new ArrayList<Tensor>();
        for (long from = 0; from < hidden.size(0); from += block) {
            long to = Math.min(hidden.size(0), from + block);
            try (var scope = Scope.open()) { // frees the logits, of which backward needs nothing
                Tensor logits = head.apply(slice(hidden, 0, from, to));
                losses.add(scope.keep(CrossEntropy.unreduced(logits, slice(labels, 0, from, to), 0)));
            }
        }
        return torch.cat(new TensorVector(losses.toArray(Tensor[]::new)), 0);
    }

    private static Tensor underFrozen(UnaryOperator<Tensor> head, Tensor hidden, Tensor labels, long block) {
        Tensor values = hidden.detach();
        Tensor losses =
                torch.zeros(new long[] {hidden.size(0)}, options(CrossEntropy.atLeastFloat(slice(values, 0, 0, 0))));
        Tensor gradients = hidden.requires_grad() ? torch.zeros_like(values) : null;
        for (long from = 0; from < hidden.size(0); from += block) {
            long to = Math.min(hidden.size(0), from + block);
            try (var scope = Scope.open()) {
                Tensor h = slice(values, 0, from, to).detach().requires_grad_(gradients != null);
                Tensor label = slice(labels, 0, from, to).unsqueeze(1);
                Tensor logits = head.apply(h);
                Tensor wide = CrossEntropy.atLeastFloat(logits.detach());
                Tensor p = softmax(wide, 1);
                slice(losses, 0, from, to).copy_(ofLabels(p, wide, label));
                if (gradients != null) {
                    Tensor error = p; // softmax(z), less one at the label
                    error.scatter_add_(1, label, as(torch.full_like(label, scalar(-1)), error));
                    backward(logits, as(error, logits));
                    slice(gradients, 0, from, to).copy_(h.grad());
                }
            }
        }
        return gradients == null ? losses : losses.add(sum(gradients.mul(hidden.sub(values)), false, 1));
    }

    /** −log p of the labels, {@code [n]}: from p, or from the logits where p is too small to be known well. */
    private static Tensor ofLabels(Tensor p, Tensor logits, Tensor label) {
        Tensor found = p.gather(1, label);
        Tensor logP = found.lt(scalar(UNSURE)).any().item_bool()
                ? logSoftmax(logits, 1).gather(1, label)
                : found.log();
        return logP.squeeze(1).neg();
    }
}
