package org.counterweight.train.schedule;

import java.util.List;
import org.counterweight.config.Checks;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Setting;

/** Multiplied by a factor at each milestone; PyTorch's {@code MultiStepLR}. */
public record Milestones(
        @Setting(value = "When the rate is multiplied", range = "each at least 1; rising", example = "[30, 60]")
        List<Long> at,

        @Setting(value = "Factor each time", defaultsTo = "0.1", range = "above 0")
        double factor,

        @Setting(
                value = "What the milestones count, from the start of the run",
                defaultsTo = "\"epochs\"",
                oneOf = {"epochs", "steps"})
        Unit unit)
        implements Schedule {
    public Milestones {
        Checks.ranges(Milestones.class, "train.schedule", at, factor);
        long before = 0;
        for (long place : at) {
            if (place <= before) {
                throw new ConfigException("train.schedule.at", at, "rising integers above 0, such as [30, 60]");
            }
            before = place;
        }
        if (at.isEmpty()) {
            throw new ConfigException("train.schedule.at", at, "at least one milestone, such as [30, 60]");
        }
        at = List.copyOf(at);
    }

    @Override
    public double factor(Point point) {
        long now = unit.of(point);
        return Math.pow(factor, at.stream().filter(place -> now >= place).count());
    }
}
