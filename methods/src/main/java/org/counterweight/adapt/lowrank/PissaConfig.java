package org.counterweight.adapt.lowrank;

import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.adapt.AdapterConfig;
import org.counterweight.config.Checks;
import org.counterweight.config.Setting;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Parametrization;

/** Settings of PiSSA: {@link Lora} that starts at the principal triplets of the weight, {@link LowRankStart#PISSA}. */
public record PissaConfig(
        @Setting(
                value = "Rank of the update",
                defaultsTo = "8",
                range = "at least 1; up to the lesser width of the layer")
        int r,

        @Setting(value = "The update is multiplied by alpha / r", defaultsTo = "8", range = "above 0; r is usual")
        double alpha,

        @Setting(value = "Divide alpha by the square root of r instead (rsLoRA)", defaultsTo = "false")
        boolean rankStabilized,

        @Setting(
                value = "Probability of dropping an input of the update while training",
                defaultsTo = "0.0",
                range = "[0, 1)")
        double dropout,

        @Setting(
                value =
                        "Power iterations of a randomised decomposition, much faster for a large weight; 0 for the exact one",
                defaultsTo = "0",
                range = "at least 0; 4 is usual")
        int randomizedIterations,

        @Setting(
                value = "Names, or dotted endings of names, of the modules to adapt; a recipe that has none takes"
                        + " PEFT's for its model's type",
                defaultsTo = "[\"query\", \"value\"]")
        List<String> targets)
        implements AdapterConfig {

    public PissaConfig {
        Checks.ranges(PissaConfig.class, "pissa", r, alpha, dropout, randomizedIterations);
        targets = LowRankSettings.targets("pissa", targets);
    }

    /** The same settings as LoRA's. */
    public LoraConfig lora() {
        return new LoraConfig(r, alpha, rankStabilized, dropout, LowRankStart.PISSA, false, targets);
    }

    @Override
    public boolean fitsLora() {
        return true;
    }

    @Override
    public void checkShape(String module, long out, long in) {
        Triplets.checkRank(module, r, Math.min(out, in));
    }

    @Override
    public Parametrization create(String module, Tensor base, Generator random) {
        LoraConfig lora = lora();
        if (randomizedIterations == 0) {
            return lora.create(module, base, random);
        }
        LowRank start;
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            LowRank found = Triplets.randomized(module, base, r, randomizedIterations, random)
                    .balanced(lora.scale());
            start = new LowRank(scope.keep(found.a()), scope.keep(found.b()), found.scale());
        }
        return LowRankStart.beside(base, start, (rest, factors) -> new Lora(lora, factors.a(), factors.b()));
    }

    @Override
    public Parametrization restore(String module, Tensor base, Map<String, Tensor> tensors) {
        return lora().restore(module, base, tensors);
    }
}
