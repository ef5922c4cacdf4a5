package org.counterweight.train;

import static org.counterweight.engine.Tensors.slice;
import static org.counterweight.engine.Tensors.sum;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;

/**
 * Language models: the mean of −log p(token) over a row's tokens whose label is not −100, from logits
 * {@code [rows, length, vocabulary]} and labels {@code int64 [rows, length]}. One forward pass gives every row's loss; a row
 * without such tokens has loss 0 and 0 units.
 */
public enum TokenCrossEntropy implements Objective {
    /** Position s predicts the label of position s + 1: GPT-2, Llama. */
    CAUSAL,
    /** Position s predicts the label of position s: BERT's masked tokens. */
    MASKED;

    @Override
    public Losses losses(Model model, Params params, Batch batch, Pass pass) {
        return losses(model.forward(params, batch, pass).logits(), batch.labels());
    }

    /** The losses of given logits. */
    public Losses losses(Tensor logits, Tensor labels) {
        long rows = labels.size(0);
        long length = labels.size(1);
        Tensor targets = this == CAUSAL ? shiftedLeft(labels) : labels;
        Tensor perToken = CrossEntropy.unreduced(logits.reshape(rows * length, logits.size(2)), targets.reshape(-1), 0)
                .view(rows, length);
        Tensor units =
                sum(targets.ne(new Scalar(CrossEntropy.IGNORED)), false, 1).to(ScalarType.Long);
        Tensor perRow = sum(perToken, false, 1).div(units.clamp_min(new Scalar(1L)));
        return new Losses(perRow, units, logits.detach());
    }

    /** The labels move, not the logits: these would have to be copied, and they are vocabulary times as large. */
    private static Tensor shiftedLeft(Tensor labels) {
        Tensor none = torch.full(
                new long[] {labels.size(0), 1}, new Scalar(CrossEntropy.IGNORED), Tensors.options(ScalarType.Long));
        return torch.cat(new org.bytedeco.pytorch.TensorVector(slice(labels, 1, 1, labels.size(1)), none), 1);
    }
}
