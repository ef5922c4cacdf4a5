package org.counterweight.experiments;

import java.util.List;
import org.counterweight.adapt.AdaLoraConfig;
import org.counterweight.adapt.AdaLoraConfig.Importance;
import org.counterweight.adapt.BitFitConfig;
import org.counterweight.adapt.BoneConfig;
import org.counterweight.adapt.BoneConfig.Variant;
import org.counterweight.adapt.BoraConfig;
import org.counterweight.adapt.BoraConfig.Order;
import org.counterweight.adapt.BottleneckConfig;
import org.counterweight.adapt.CompacterConfig;
import org.counterweight.adapt.DoraConfig;
import org.counterweight.adapt.FactorInit;
import org.counterweight.adapt.FullConfig;
import org.counterweight.adapt.LoraConfig;
import org.counterweight.adapt.LowRankStart;
import org.counterweight.adapt.NormsConfig;
import org.counterweight.adapt.Orthonormality;
import org.counterweight.adapt.PissaConfig;
import org.counterweight.adapt.Placement;
import org.counterweight.adapt.SorsaConfig;

/**
 * Every adapter and baseline of the real task. LoRA of rank 8 and Bone of 16 train equally many parameters, and so nearly do
 * all that stand at single weights.
 */
final class GlossContenders {
    private static final List<String> ANY = List.of("all-linear");

    private GlossContenders() {}

    /** @param steps of a run, along which AdaLoRA's ranks fall */
    static List<Contender> all(long steps) {
        return List.of(
                new Contender("head only", new Untouched()),
                new Contender("norms", new NormsConfig()),
                new Contender("BitFit", new BitFitConfig(List.of())),
                new Contender("LoRA r8", new LoraConfig(8, 16, false, 0, ANY)),
                new Contender("rsLoRA r8", new LoraConfig(8, 16, true, 0, ANY)),
                new Contender("DoRA r8", new DoraConfig(8, 16, false, 0, true, LowRankStart.LORA, ANY)),
                new Contender(
                        "BoRA r8",
                        new BoraConfig(8, 16, false, 0, Order.ROW_COL, true, 1e-8, 1, LowRankStart.LORA, ANY)),
                new Contender("PiSSA r8", new PissaConfig(8, 8, false, 0, 0, ANY)),
                new Contender("SORSA r8", new SorsaConfig(8, null, 0, 4e-4, Orthonormality.MEAN, false, 0, ANY)),
                new Contender("AdaLoRA r12 to 8", adalora(steps)),
                new Contender("Bone r16", new BoneConfig(16, Variant.BONE, 1, 1, 0, ANY)),
                new Contender("Bat r16", new BoneConfig(16, Variant.BAT, 1, 1, 0, ANY)),
                new Contender("Compacter", compacter()),
                new Contender("Houlsby", bottleneck(Placement.DOUBLE)),
                new Contender("Pfeiffer", bottleneck(Placement.SEQ_BN)),
                new Contender("full", new FullConfig(List.of())));
    }

    private static AdaLoraConfig adalora(long steps) {
        return new AdaLoraConfig(
                12,
                8,
                16,
                steps / 8,
                steps / 3,
                5,
                null,
                0.85,
                0.85,
                0.1,
                Orthonormality.MEAN,
                Importance.UNCERTAIN,
                0,
                ANY);
    }

    private static BottleneckConfig bottleneck(Placement placement) {
        return new BottleneckConfig(16, 0, "relu", placement, List.of(), true);
    }

    private static CompacterConfig compacter() {
        return new CompacterConfig(
                4,
                16,
                1,
                "gelu_new",
                Placement.DOUBLE,
                List.of(),
                true,
                false,
                true,
                false,
                true,
                "normal",
                1e-4,
                FactorInit.GLOROT_UNIFORM,
                true,
                false,
                false,
                true);
    }
}
