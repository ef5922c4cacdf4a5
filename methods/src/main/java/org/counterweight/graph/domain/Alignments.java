package org.counterweight.graph.domain;

import java.util.LinkedHashMap;
import java.util.Map;
import org.counterweight.config.Kinds;

/** The alignments by name. */
public final class Alignments implements Kinds<Alignment> {
    @Override
    public Class<Alignment> family() {
        return Alignment.class;
    }

    @Override
    public Map<String, Class<? extends Alignment>> kinds() {
        var kinds = new LinkedHashMap<String, Class<? extends Alignment>>();
        kinds.put("none", Unaligned.class);
        kinds.put("dann", Dann.class);
        kinds.put("cdan", Cdan.class);
        kinds.put("mmd", Mmd.class);
        kinds.put("mixup", Mixup.class);
        return kinds;
    }
}
