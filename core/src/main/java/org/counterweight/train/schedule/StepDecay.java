package org.counterweight.train.schedule;

import org.counterweight.config.Checks;
import org.counterweight.config.Setting;

/** Multiplied by a factor every so often; PyTorch's {@code StepLR}. */
public record StepDecay(
        @Setting(value = "How often the rate is multiplied", range = "at least 1", example = "30")
        long every,

        @Setting(value = "Factor each time", defaultsTo = "0.1", range = "above 0; 0.1 is usual")
        double factor,

        @Setting(
                value = "What is counted, from the start of the run",
                defaultsTo = "\"epochs\"",
                oneOf = {"epochs", "steps"})
        Unit unit)
        implements Schedule {
    public StepDecay {
        Checks.ranges(StepDecay.class, "train.schedule", every, factor);
    }

    @Override
    public double factor(Point at) {
        return Math.pow(factor, unit.of(at) / every);
    }
}
