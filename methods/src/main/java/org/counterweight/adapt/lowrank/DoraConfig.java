package org.counterweight.adapt.lowrank;

import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.adapt.AdapterConfig;
import org.counterweight.config.Checks;
import org.counterweight.config.Setting;
import org.counterweight.model.Parametrization;

/** Settings of {@link Dora}; in PEFT those of LoRA with {@code use_dora}. */
public record DoraConfig(
        @Setting(value = "Rank of the update; 0 trains the magnitudes alone", defaultsTo = "8", range = "at least 0")
        int r,

        @Setting(value = "The update is multiplied by alpha / r", defaultsTo = "16", range = "above 0; 2 r is usual")
        double alpha,

        @Setting(value = "Divide alpha by the square root of r instead (rsLoRA)", defaultsTo = "false")
        boolean rankStabilized,

        @Setting(
                value = "Probability of dropping an input of the update while training",
                defaultsTo = "0.0",
                range = "[0, 1)")
        double dropout,

        @Setting(value = "Treat the norms as constants in the backward pass", defaultsTo = "true")
        boolean detachNorm,

        @Setting(
                value = "Where the factors start: at zero, or at a part of the weight that is taken out of it",
                defaultsTo = "\"lora\"",
                oneOf = {"lora", "pissa", "olora", "minor"})
        LowRankStart init,

        @Setting(
                value = "Names, or dotted endings of names, of the modules to adapt; a recipe that has none takes"
                        + " PEFT's for its model's type",
                defaultsTo = "[\"query\", \"value\"]")
        List<String> targets)
        implements AdapterConfig {

    public DoraConfig {
        Checks.ranges(DoraConfig.class, "dora", r, alpha, dropout);
        targets = LowRankSettings.targets("dora", targets);
    }

    /** The factor on BA. */
    public double scale() {
        return LowRankSettings.scale(r, alpha, rankStabilized);
    }

    @Override
    public void checkShape(String module, long out, long in) {
        init.checkShape(module, r, out, in);
    }

    @Override
    public Parametrization create(String module, Tensor base, Generator random) {
        return init.create(module, base, r, scale(), random, (rest, factors) -> Dora.start(this, rest, factors));
    }

    @Override
    public Parametrization restore(String module, Tensor base, Map<String, Tensor> tensors) {
        return init.restore(
                module,
                base,
                r,
                scale(),
                tensors,
                (rest, factors, saved) ->
                        Dora.of(this, rest, factors.a(), factors.b(), saved.trained(Dora.MAGNITUDE, base.size(0))));
    }
}
