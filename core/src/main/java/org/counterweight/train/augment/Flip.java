package org.counterweight.train.augment;

import static org.counterweight.engine.Tensors.optional;

import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.config.Checks;
import org.counterweight.config.Setting;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;

/** Mirrors some images, left for right; torchvision's {@code RandomHorizontalFlip}. */
public record Flip(
        @Setting(value = "Share of the images that are mirrored", defaultsTo = "0.5", range = "(0, 1]; 0.5 is usual")
        double share)
        implements Augmentation {
    public Flip {
        Checks.ranges(Flip.class, "data.augment", share);
    }

    /** From {@code pixel_values [rows, channels, height, width]}. */
    @Override
    public Batch apply(Batch batch, Generator random) {
        Tensor images = batch.get(changes());
        Tensor chosen = Tensors.zeros(images.size(0), 1, 1, 1)
                .uniform_(0, 1, optional(random))
                .lt(Tensors.scalar(share));
        return batch.with(changes(), torch.where(chosen, images.flip(-1), images));
    }
}
