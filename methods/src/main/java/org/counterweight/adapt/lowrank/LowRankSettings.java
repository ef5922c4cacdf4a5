package org.counterweight.adapt.lowrank;

import java.util.List;
import org.counterweight.config.ConfigException;

/** What the settings of the low-rank adapters have in common; {@code of} is the method's name in messages. */
public final class LowRankSettings {
    private LowRankSettings() {}

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
