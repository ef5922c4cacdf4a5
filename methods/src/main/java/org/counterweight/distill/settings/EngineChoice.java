package org.counterweight.distill.settings;

import java.util.Locale;
import org.counterweight.config.ConfigException;
import org.counterweight.distill.gradient.MatchingEngine;
import org.counterweight.distill.gradient.Sweep;
import org.counterweight.distill.gradient.Tesla;
import org.counterweight.distill.gradient.Unrolled;
import org.counterweight.distill.trajectory.IntermediateEpochs;
import org.jspecify.annotations.Nullable;

/** How the gradient through the inner loop is had. */
public enum EngineChoice {
    /** Exact, in the memory of one step. */
    SWEEP(new Sweep()),
    /** Exact, in the memory of all steps. */
    UNROLL(new Unrolled()),
    /** States taken as constants: in the memory of one step, and not the gradient of more than one. */
    TESLA(new Tesla());

    private final MatchingEngine engine;

    EngineChoice(MatchingEngine engine) {
        this.engine = engine;
    }

    public MatchingEngine engine() {
        return engine;
    }

    /** Refuses what the chosen engine cannot do. */
    static void check(
            DistillationMethod method,
            @Nullable EngineChoice engine,
            @Nullable Double innerMomentum,
            @Nullable IntermediateEpochs middle) {
        boolean isTesla = engine == TESLA || (engine == null && method == DistillationMethod.TESLA);
        boolean smooth = method == DistillationMethod.AST;
        double momentum = innerMomentum != null ? innerMomentum : smooth ? 0.9 : 0;
        IntermediateEpochs between =
                middle != null ? middle : smooth ? IntermediateEpochs.AGG : IntermediateEpochs.NONE;
        if (isTesla && (momentum != 0 || between != IntermediateEpochs.NONE)) {
            throw new ConfigException("distill.engine: tesla has neither inner momentum (" + momentum
                    + ") nor terms in the middle (" + between.name().toLowerCase(Locale.ROOT)
                    + "); take sweep, or set inner_momentum: 0 and middle: none");
        }
    }
}
