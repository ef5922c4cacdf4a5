package org.counterweight.train.objective;

import static org.counterweight.engine.Tensors.slice;
import static org.counterweight.engine.Tensors.sum;

import java.util.function.BinaryOperator;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Output;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;

/**
 * Language models: the mean of −log p(token) over a row's tokens whose label is not −100, from labels
 * {@code int64 [rows, length]}. One forward pass gives every row's loss; a row without such tokens has loss 0 and 0 units.
 * Logits are computed only where a token has a label, and under a frozen head never held all at once.
 */
public enum TokenCrossEntropy implements Objective {
    /** Position s predicts the label of position s + 1: GPT-2, Llama. */
    CAUSAL,
    /** Position s predicts the label of position s: BERT's masked tokens. */
    MASKED;

    @Override
    public Losses losses(Model model, Params params, Batch batch, Pass pass) {
        Output output = model.forward(params, batch, pass);
        return ofRows(
                output.hidden(),
                batch.labels(),
                (hidden, labels) -> TokenLosses.of(output.head(), hidden, labels, pass));
    }

    /** The losses of given logits, {@code [rows, length, vocabulary]}. */
    public Losses losses(Tensor logits, Tensor labels) {
        return ofRows(logits, labels, (some, theirs) -> CrossEntropy.unreduced(some, theirs, 0));
    }

    /** @param perToken {@code [n, d], [n] -> [n]}: the losses of n tokens that have a label */
    private Losses ofRows(Tensor states, Tensor labels, BinaryOperator<Tensor> perToken) {
        long rows = labels.size(0);
        long length = labels.size(1);
        Tensor targets = (this == CAUSAL ? shiftedLeft(labels) : labels).reshape(-1);
        Tensor known = targets.ne(new Scalar(CrossEntropy.IGNORED));
        Tensor places = known.nonzero().squeeze(1);
        Tensor losses = perToken.apply(
                states.reshape(rows * length, states.size(2)).index_select(0, places), targets.index_select(0, places));
        Tensor perRow = torch.zeros(new long[] {rows}, Tensors.options(losses))
                .index_add(0, places.floor_divide(new Scalar(length)), losses);
        Tensor units = sum(known.view(rows, length), false, 1).to(ScalarType.Long);
        return new Losses(perRow.div(units.clamp_min(new Scalar(1L))), units, null);
    }

    private static Tensor shiftedLeft(Tensor labels) {
        Tensor none = torch.full_like(slice(labels, 1, 0, 1), new Scalar(CrossEntropy.IGNORED));
        return torch.cat(new TensorVector(slice(labels, 1, 1, labels.size(1)), none), 1);
    }
}
