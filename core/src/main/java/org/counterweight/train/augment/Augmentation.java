package org.counterweight.train.augment;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;
import org.bytedeco.pytorch.Generator;
import org.counterweight.data.BatchSource;
import org.counterweight.engine.Seed;
import org.counterweight.model.Batch;

/**
 * Changes rows at random before they are learnt from: in a recipe one of {@code data.augment}, by the names that
 * {@link Augmentations} lists.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
public interface Augmentation {
    /** The tensor of a batch that it changes. */
    default String changes() {
        return Batch.PIXEL_VALUES;
    }

    /**
     * The batch with other values of {@link #changes}; the given one stays as it is.
     *
     * @param random of every draw; on the processor
     */
    Batch apply(Batch batch, Generator random);

    /** The batches of {@code source}, changed one after the other: by seed, epoch and the batch's place alone. */
    static BatchSource over(BatchSource source, List<Augmentation> augmentations, Seed seed) {
        return augmentations.isEmpty()
                ? source
                : BatchSource.of(source.batches(), epoch -> {
                    var batches = source.epoch(epoch);
                    return place -> {
                        Generator random = seed.child(epoch).child(place).generator();
                        Batch batch = batches.apply(place);
                        for (Augmentation augmentation : augmentations) {
                            batch = augmentation.apply(batch, random);
                        }
                        return batch;
                    };
                });
    }
}
