package org.counterweight.train.schedule;

import org.counterweight.config.ConfigException;
import org.counterweight.config.Setting;

/** Multiplied by a factor every so often; PyTorch's {@code StepLR}. */
public record StepDecay(
        @Setting(value = "How often the rate is multiplied", range = "at least 1", example = "30")
        long every,

        @Setting(value = "What it is multiplied by each time", defaultsTo = "0.1", range = "above 0")
        double factor,

        @Setting(
                value = "What is counted, from the beginning of the run",
                defaultsTo = "\"epochs\"",
                oneOf = {"epochs", "steps"})
        Unit unit)
        implements Schedule {
    public StepDecay {
        if (every < 1) {
            throw new ConfigException("train.schedule.every", every, "an integer of at least 1");
        }
        check(factor);
    }

    static void check(double factor) {
        if (!(factor > 0) || Double.isInfinite(factor)) {
            throw new ConfigException("train.schedule.factor", factor, "a number above 0 (0.1 is usual)");
        }
    }

    @Override
    public double factor(Point at) {
        return Math.pow(factor, unit.of(at) / every);
    }
}
