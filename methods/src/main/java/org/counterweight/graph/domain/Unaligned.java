package org.counterweight.graph.domain;

import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/** Nothing beside the loss of the classes. */
public record Unaligned() implements Alignment {
    @Override
    public @Nullable Tensor gap(Sight source, Sight target, Step step) {
        return null;
    }

    @Override
    public Map<String, long[]> shapes(int width, int classes) {
        return Map.of();
    }

    @Override
    public boolean looksAtTarget() {
        return false;
    }
}
