package org.counterweight.train.schedule;

import org.counterweight.config.ConfigException;
import org.counterweight.config.Setting;

/**
 * The full rate for most of a run, then down to 0 over its last share: with the warm-up before it, "warm-up, stable, decay".
 * S. Hu et al., "MiniCPM: Unveiling the Potential of Small Language Models with Scalable Training Strategies", 2024, section 4;
 * the two forms are those of A. Hägele et al., "Scaling Laws and Compute-Optimal Training Beyond Fixed Training Durations",
 * 2024, equation 1 and section 3.
 */
public record StableDecay(
        @Setting(
                value = "Share of all steps, at the end, in which the rate goes down to 0",
                defaultsTo = "0.2",
                range = "(0, 1]")
        double decay,

        @Setting(
                value = "How it goes down: linearly, or faster at first, as 1 - sqrt of the way",
                defaultsTo = "\"linear\"",
                oneOf = {"linear", "sqrt"})
        Form form)
        implements Schedule {
    /** The way down. */
    public enum Form {
        LINEAR,
        SQRT
    }

    public StableDecay {
        if (!(decay > 0 && decay <= 1)) {
            throw new ConfigException("train.schedule.decay", decay, "a share in (0, 1] (0.1 to 0.2 is usual)");
        }
    }

    @Override
    public double factor(Point at) {
        double from = at.steps() - decay * at.steps();
        double way = Math.min(1, Math.max(0, (at.step() - from) / Math.max(1, at.steps() - from)));
        return form == Form.LINEAR ? 1 - way : 1 - Math.sqrt(way);
    }
}
