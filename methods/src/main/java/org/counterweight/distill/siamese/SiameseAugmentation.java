package org.counterweight.distill.siamese;

import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.config.Setting;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.train.augment.Augmentation;

/** {@link Siamese} as an augmentation of a run: of each batch one change is drawn, with numbers of its own for each image. */
public record SiameseAugmentation(
        @Setting(
                value = "Changes of which one is drawn for each batch, joined by _",
                defaultsTo = "\"color_crop_cutout_flip_scale_rotate\"")
        String strategy)
        implements Augmentation {
    public SiameseAugmentation {
        Siamese.of(strategy);
    }

    @Override
    public Batch apply(Batch batch, Generator random) {
        Tensor images = batch.get(changes());
        long seed = torch.zeros(new long[] {1}, Tensors.options(ScalarType.Long))
                .random_(Tensors.optional(random))
                .item_long();
        Tensor changed = Siamese.of(strategy)
                .draw(Tensors.shape(images), Siamese.Sharing.EACH, new Seed(seed))
                .apply(images);
        return batch.with(changes(), changed);
    }
}
