package org.counterweight.model.part.head;

import static org.counterweight.engine.Tensors.options;
import static org.counterweight.engine.Tensors.scalar;

import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;

/** What stands for a whole text, of the states of its tokens. */
final class Pooled {
    private Pooled() {}

    /** The mean of {@code [rows, length, width]} over the real tokens, {@code [rows, width]}. */
    static Tensor mean(Tensor hidden, Batch batch) {
        Tensor real = batch.find(Batch.ATTENTION_MASK);
        if (real == null) {
            return Tensors.mean(hidden, false, 1);
        }
        Tensor share = real.to(ScalarType.Float).unsqueeze(-1); // [rows, length, 1]
        Tensor count = Tensors.sum(share, false, 1).clamp_min(scalar(1));
        return Tensors.sum(hidden.mul(share), false, 1).div(count);
    }

    /**
     * The state of {@code [rows, length, width]} at the last token that is real and not the padding token,
     * {@code [rows, width]}; at the first real one where there is no other. So does transformers with a text alone: where
     * the padding token ends texts too, its classifiers look at the token before the end.
     *
     * @param padding the id of the padding token; −1 for none
     */
    static Tensor last(Tensor hidden, Batch batch, int padding) {
        Tensor real = batch.find(Batch.ATTENTION_MASK);
        if (real == null && padding < 0) {
            return hidden.select(1, -1);
        }
        Tensor ids = batch.inputIds();
        Tensor places = real == null ? torch.ones_like(ids) : real.to(ScalarType.Long);
        Tensor words = padding < 0 ? places : places.mul(ids.ne(scalar(padding)));
        // The first real place counts 1, so that it stands before words, which count from 2, and before nothing else.
        Tensor numbers = torch.arange(scalar(ids.size(1)), options(places)).add(scalar(2));
        Tensor first = places.cumsum(1).eq(scalar(1)).logical_and(places.gt(scalar(0)));
        Tensor at = torch.maximum(words.mul(numbers), first.to(ScalarType.Long)).argmax(new LongOptional(1), false);
        long[] wide = {hidden.size(0), 1, hidden.size(2)};
        return hidden.gather(1, at.view(-1, 1, 1).expand(wide)).squeeze(1);
    }
}
