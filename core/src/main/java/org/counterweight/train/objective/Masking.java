package org.counterweight.train.objective;

import java.util.Set;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.config.ConfigException;
import org.counterweight.data.BatchSource;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;

/**
 * Hides words for a masked language model to find: of the tokens chosen, eight in ten become the mask, one becomes any other
 * token, one stays. A batch's {@code labels} are its tokens where they were chosen, else −100. What is hidden depends on
 * seed, epoch and the batch's place alone. Each token is chosen for itself, as by transformers' collator, so that of a short
 * text none may be; BERT's own data has at least one a text.
 *
 * <p>J. Devlin et al., "BERT: Pre-training of Deep Bidirectional Transformers for Language Understanding", NAACL 2019,
 * section 3.1; anew in each epoch, as in RoBERTa.
 *
 * @param share of the tokens that are chosen, in (0, 1); 0.15 in the paper
 * @param mask the id of the mask token
 * @param vocabulary how many tokens there are
 * @param spared ids that are never chosen: the tokens around a text
 */
public record Masking(double share, long mask, long vocabulary, Set<Long> spared, Seed seed) {
    private static final double MASKED = 0.8;
    private static final double MASKED_OR_OTHER = 0.9;

    public Masking {
        if (!(share > 0 && share < 1)) {
            throw new ConfigException("data.mask_share", share, "a share in (0, 1) (0.15 is usual)");
        }
        spared = Set.copyOf(spared);
    }

    /** The batches of {@code source}, with words hidden. */
    public BatchSource over(BatchSource source) {
        return BatchSource.of(source.batches(), epoch -> {
            var batches = source.epoch(epoch);
            return place ->
                    hide(batches.apply(place), seed.child(epoch).child(place).generator());
        });
    }

    private Batch hide(Batch batch, Generator random) {
        Tensor ids = batch.inputIds();
        Tensor may = batch.get(Batch.ATTENTION_MASK).ne(Tensors.scalar(0));
        for (long token : spared) {
            may = may.logical_and(ids.ne(Tensors.scalar(token)));
        }
        Tensor chosen = uniform(ids, random).lt(Tensors.scalar(share)).logical_and(may);
        Tensor fate = uniform(ids, random);
        Tensor other = torch.empty_like(ids).random_(0, new LongOptional(vocabulary), Tensors.optional(random));
        Tensor hidden = ids.masked_fill(chosen.logical_and(fate.lt(Tensors.scalar(MASKED))), Tensors.scalar(mask));
        Tensor replaced = chosen.logical_and(fate.ge(Tensors.scalar(MASKED)))
                .logical_and(fate.lt(Tensors.scalar(MASKED_OR_OTHER)));
        return batch.with(Batch.INPUT_IDS, torch.where(replaced, other, hidden))
                .with(Batch.LABELS, ids.masked_fill(chosen.logical_not(), Tensors.scalar(CrossEntropy.IGNORED)));
    }

    private static Tensor uniform(Tensor like, Generator random) {
        return like.to(ScalarType.Float).uniform_(0, 1, Tensors.optional(random));
    }
}
