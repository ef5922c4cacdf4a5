package org.counterweight.adapt;

import java.util.List;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Setting;
import org.counterweight.model.Parametrization;

/** Settings of {@link Lora}, as in PEFT's {@code adapter_config.json}. */
public record LoraConfig(
        @Setting(value = "Rank of the update", defaultsTo = "8", range = "at least 1; 4 to 64 is usual")
        int r,

        @Setting(value = "The update is multiplied by alpha / r", defaultsTo = "8", range = "finite; r or 2 r is usual")
        double alpha,

        @Setting(value = "Divide alpha by the square root of r instead (rsLoRA)", defaultsTo = "false")
        boolean rankStabilized,

        @Setting(
                value = "Probability of dropping an input of the update while training",
                defaultsTo = "0.0",
                range = "[0, 1)")
        double dropout,

        @Setting(
                value = "Names, or dotted endings of names, of the modules to adapt",
                defaultsTo = "[\"query\", \"value\"]")
        List<String> targets)
        implements AdapterConfig {

    public LoraConfig {
        if (r < 1) {
            throw new ConfigException("lora.r", r, "an integer of at least 1 (4 to 64 is usual)");
        }
        if (!Double.isFinite(alpha)) {
            throw new ConfigException("lora.alpha", alpha, "a finite number (r or 2 r is usual)");
        }
        if (!(dropout >= 0 && dropout < 1)) { // written so that NaN fails too
            throw new ConfigException("lora.dropout", dropout, "a probability in [0, 1)");
        }
        targets = List.copyOf(targets);
        if (targets.isEmpty()) {
            throw new ConfigException("lora.targets", targets, "at least one module name, such as \"query\"");
        }
    }

    /** The factor on BA. */
    public double scale() {
        return rankStabilized ? alpha / Math.sqrt(r) : alpha / r;
    }

    @Override
    public Parametrization create(String module, Tensor base, Generator random) {
        return Lora.create(this, base, random);
    }
}
