package org.counterweight.distill.siamese;

import java.util.Map;
import org.counterweight.config.Kinds;
import org.counterweight.train.augment.Augmentation;

/** The augmentation of dataset distillation among those of a run. */
public final class SiameseKinds implements Kinds<Augmentation> {
    @Override
    public Class<Augmentation> family() {
        return Augmentation.class;
    }

    @Override
    public Map<String, Class<? extends Augmentation>> kinds() {
        return Map.of("siamese", SiameseAugmentation.class);
    }
}
