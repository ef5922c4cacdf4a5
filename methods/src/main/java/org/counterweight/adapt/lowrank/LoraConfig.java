package org.counterweight.adapt.lowrank;

import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.adapt.AdapterConfig;
import org.counterweight.config.Checks;
import org.counterweight.config.Setting;
import org.counterweight.model.Parametrization;

/** Settings of {@link Lora}, as in PEFT's {@code adapter_config.json}. */
public record LoraConfig(
        @Setting(value = "Rank of the update", defaultsTo = "8", range = "at least 1; 4 to 64 is usual")
        int r,

        @Setting(
                value = "The update is multiplied by alpha / r",
                defaultsTo = "8",
                range = "above 0; r or 2 r is usual")
        double alpha,

        @Setting(value = "Divide alpha by the square root of r instead (rsLoRA)", defaultsTo = "false")
        boolean rankStabilized,

        @Setting(
                value = "Probability of dropping an input of the update while training",
                defaultsTo = "0.0",
                range = "[0, 1)")
        double dropout,

        @Setting(
                value = "Where the factors start: at zero, or at a part of the weight that is taken out of it",
                defaultsTo = "\"lora\"",
                oneOf = {"lora", "pissa", "olora", "minor"})
        LowRankStart init,

        @Setting(value = "Keep A as it was drawn and train B alone (LoRA-FA)", defaultsTo = "false")
        boolean freezeA,

        @Setting(
                value = "Names, or dotted endings of names, of the modules to adapt; a recipe that has none takes"
                        + " PEFT's for its model's type",
                defaultsTo = "[\"query\", \"value\"]")
        List<String> targets)
        implements AdapterConfig {

    public LoraConfig {
        Checks.ranges(LoraConfig.class, "lora", r, alpha, dropout);
        targets = LowRankSettings.targets("lora", targets);
    }

    /** Starting at zero, all of it trained. */
    public LoraConfig(int r, double alpha, boolean rankStabilized, double dropout, List<String> targets) {
        this(r, alpha, rankStabilized, dropout, LowRankStart.LORA, false, targets);
    }

    /** The factor on BA. */
    public double scale() {
        return LowRankSettings.scale(r, alpha, rankStabilized);
    }

    @Override
    public boolean fitsLora() {
        return true;
    }

    @Override
    public void checkShape(String module, long out, long in) {
        init.checkShape(module, r, out, in);
    }

    @Override
    public Parametrization create(String module, Tensor base, Generator random) {
        return init.create(module, base, r, scale(), random, this::on);
    }

    @Override
    public Parametrization restore(String module, Tensor base, Map<String, Tensor> tensors) {
        return init.restore(module, base, r, scale(), tensors, (rest, factors, saved) -> on(rest, factors));
    }

    private Lora on(Tensor base, LowRank factors) {
        if (freezeA) {
            factors.a().requires_grad_(false);
        }
        return new Lora(this, factors.a(), factors.b());
    }
}
