package org.counterweight.train.objective;

import org.bytedeco.pytorch.Tensor;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;

/**
 * Tags of words: the mean of −log p(tag) over a row's tokens whose label is not −100, from logits {@code [rows, length, tags]} and
 * labels {@code int64 [rows, length]}. A row without such tokens has loss 0 and 0 units.
 */
public record TagCrossEntropy() implements Objective {
    @Override
    public Losses losses(Model model, Params params, Batch batch, Pass pass) {
        Tensor logits = model.forward(params, batch, pass).logits();
        Losses losses = TokenCrossEntropy.MASKED.losses(logits, batch.labels());
        return new Losses(losses.perRow(), losses.units(), logits.detach());
    }
}
