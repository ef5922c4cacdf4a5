package org.counterweight.adapt.lowrank;

import java.util.List;
import org.counterweight.config.ConfigException;

/** The checks that the settings of the low-rank adapters have in common; {@code of} is the method's name in messages. */
public final class LowRankSettings {
    private LowRankSettings() {}

    public static void check(String of, int r, int least, double alpha, double dropout) {
        if (r < least) {
            throw new ConfigException(of + ".r", r, "an integer of at least " + least + " (4 to 64 is usual)");
        }
        if (!Double.isFinite(alpha) || alpha <= 0) {
            throw new ConfigException(of + ".alpha", alpha, "a finite number above 0 (r or 2 r is usual)");
        }
        if (!(dropout >= 0 && dropout < 1)) { // written so that NaN fails too
            throw new ConfigException(of + ".dropout", dropout, "a probability in [0, 1)");
        }
    }

    public static List<String> targets(String of, List<String> targets) {
        if (targets.isEmpty()) {
            throw new ConfigException(of + ".targets", targets, "at least one module name, such as \"query\"");
        }
        return List.copyOf(targets);
    }

    /** alpha / r, or alpha / sqrt(r) with rank stabilization; 0 for rank 0, where there is nothing to scale. */
    public static double scale(int r, double alpha, boolean rankStabilized) {
        return r == 0 ? 0 : alpha / (rankStabilized ? Math.sqrt(r) : r);
    }
}
