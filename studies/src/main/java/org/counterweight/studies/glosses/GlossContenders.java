package org.counterweight.studies.glosses;

import java.util.List;
import org.counterweight.studies.bed.Contender;
import org.counterweight.studies.bed.Untouched;

/**
 * Every adapter and baseline of the real task. LoRA of rank 8 and Bone of 16 train equally many parameters, and so nearly do
 * all that stand at single weights.
 */
public final class GlossContenders {
    private GlossContenders() {}

    /** @param steps of a run, along which AdaLoRA's ranks fall */
    public static List<Contender> all(long steps) {
        return List.of(
                new Contender("head only", new Untouched()),
                Contender.of("norms", "norms", "{}"),
                Contender.of("BitFit", "bitfit", "{}"),
                Contender.of("LoRA r8", "lora", "{r: 8, alpha: 16}"),
                Contender.of("rsLoRA r8", "lora", "{r: 8, alpha: 16, rank_stabilized: true}"),
                Contender.of("DoRA r8", "dora", "{r: 8, alpha: 16}"),
                Contender.of("BoRA r8", "bora", "{r: 8, alpha: 16}"),
                Contender.of("PiSSA r8", "pissa", "{r: 8, alpha: 8}"),
                Contender.of("SORSA r8", "sorsa", "{r: 8}"),
                Contender.of("AdaLoRA r12 to 8", "adalora", adalora(steps)),
                Contender.of("Bone r16", "bone", "{r: 16}"),
                Contender.of("Bat r16", "bone", "{r: 16, variant: bat}"),
                Contender.of("Compacter", "compacter", "{reduction_factor: 16}"),
                Contender.of("Houlsby", "bottleneck", "{reduction_factor: 16, placement: double}"),
                Contender.of("Pfeiffer", "bottleneck", "{reduction_factor: 16, placement: seq_bn}"),
                Contender.of("full", "full", "{}"));
    }

    private static String adalora(long steps) {
        return "{init_r: 12, target_r: 8, alpha: 16, tinit: %d, tfinal: %d, delta_t: 5, orth_reg_weight: 0.1}"
                .formatted(steps / 8, steps / 3);
    }
}
