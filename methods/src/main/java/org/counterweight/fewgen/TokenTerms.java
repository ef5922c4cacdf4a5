package org.counterweight.fewgen;

import static org.counterweight.engine.Tensors.logSoftmax;
import static org.counterweight.engine.Tensors.scalar;
import static org.counterweight.engine.Tensors.slice;

import org.bytedeco.pytorch.Tensor;
import org.counterweight.train.objective.CrossEntropy;

/**
 * What is said about each token that is learnt, row by row.
 *
 * @param disc d {@code [tokens]}: −log of how well the token tells its text's label from the others
 * @param generation G {@code [tokens]}: −log p of the token under its own label's prefix
 */
public record TokenTerms(Tensor disc, Tensor generation) {
    /**
     * With a_l = log p(token) or the token's logit under label l's prefix, d = −log (exp a_c / Σ_l exp a_l).
     *
     * @param logits {@code [labels, rows, length, vocabulary]}: every text under every label's prefix
     * @param targets {@code int64 [rows, length]}, −100 where nothing is learnt; position s is predicted at s − 1
     * @param classes c, {@code int64 [rows]}
     * @throws IllegalArgumentException if a class is not one of the labels, naming its row
     */
    public static TokenTerms of(Tensor logits, Tensor targets, Tensor classes, DiscSpace space) {
        long labels = logits.size(0);
        requireKnown(classes, labels);
        long length = targets.size(1) - 1;
        Tensor next = slice(targets, 1, 1, length + 1).reshape(-1);
        Tensor places = next.ne(scalar(CrossEntropy.IGNORED)).nonzero().squeeze(1);
        long tokens = places.size(0);
        Tensor theirs = classes.unsqueeze(1)
                .expand(classes.size(0), length)
                .reshape(-1)
                .index_select(0, places)
                .unsqueeze(0);
        Tensor scores = slice(logits, 2, 0, length)
                .reshape(labels, classes.size(0) * length, logits.size(3))
                .index_select(1, places); // [labels, tokens, vocabulary]
        Tensor token = next.index_select(0, places).view(1, tokens, 1).expand(labels, tokens, 1);
        Tensor logp = logSoftmax(scores, 2).gather(2, token).squeeze(2);
        Tensor compared =
                space == DiscSpace.LOGPROB ? logp : scores.gather(2, token).squeeze(2);
        return new TokenTerms(
                logSoftmax(compared, 0).gather(0, theirs).squeeze(0).neg(),
                logp.gather(0, theirs).squeeze(0).neg());
    }

    private static void requireKnown(Tensor classes, long labels) {
        Tensor wrong = classes.lt(scalar(0)).logical_or(classes.ge(scalar(labels)));
        if (wrong.any().item_bool()) {
            long row = wrong.nonzero().view(-1).select(0, 0).item_long();
            throw new IllegalArgumentException("row " + row + " has class "
                    + classes.select(0, row).item_long() + ", but there are prefixes of " + labels
                    + " labels, counted from 0");
        }
    }

    /** The weighted likelihood Σ w G, a scalar. */
    public Tensor weighted(Tensor weights) {
        return weights.mul(generation).sum();
    }

    /** Equal weights, {@code [tokens]}: plain likelihood. */
    public Tensor equalWeights() {
        return generation.detach().new_ones(generation.size(0)).div_(scalar(generation.size(0)));
    }
}
