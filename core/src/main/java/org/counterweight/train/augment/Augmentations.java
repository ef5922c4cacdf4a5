package org.counterweight.train.augment;

import java.util.LinkedHashMap;
import java.util.Map;
import org.counterweight.config.Kinds;

/** The augmentations by name. */
public final class Augmentations implements Kinds<Augmentation> {
    @Override
    public Class<Augmentation> family() {
        return Augmentation.class;
    }

    @Override
    public Map<String, Class<? extends Augmentation>> kinds() {
        var kinds = new LinkedHashMap<String, Class<? extends Augmentation>>();
        kinds.put("crop", Crop.class);
        kinds.put("flip", Flip.class);
        return kinds;
    }
}
