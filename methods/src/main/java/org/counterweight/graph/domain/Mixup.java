package org.counterweight.graph.domain;

import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/** Nodes to learn from are mixed with one another, and so are their labels: {@link NodeMixup}. */
public record Mixup() implements Alignment {
    @Override
    public @Nullable Tensor gap(Sight source, Sight target, Step step) {
        return null;
    }

    @Override
    public Map<String, long[]> shapes(int width, int classes) {
        return Map.of();
    }

    @Override
    public boolean mixes() {
        return true;
    }

    @Override
    public boolean looksAtTarget() {
        return false;
    }
}
