package org.counterweight.graph.domain;

import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.Checks;
import org.counterweight.config.Setting;
import org.counterweight.engine.Tensors;

/** The embeddings of both domains are drawn to one distribution: {@link KernelGap}. */
public record Mmd(
        @Setting(value = "Factor of the discrepancy in the loss", defaultsTo = "1.0", range = "above 0")
        double weight) implements Alignment {
    public Mmd {
        Checks.ranges(Mmd.class, "reweigh_edges.alignment", weight);
    }

    @Override
    public Tensor gap(Sight source, Sight target, Step step) {
        return Tensors.times(KernelGap.between(source.embeddings(), target.embeddings(), step.seed()), weight);
    }

    @Override
    public Map<String, long[]> shapes(int width, int classes) {
        return Map.of();
    }

    @Override
    public boolean looksAtTarget() {
        return true;
    }
}
