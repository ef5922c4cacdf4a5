package org.counterweight.distill.settings;

import org.counterweight.distill.gradient.MatchingEngine;
import org.counterweight.distill.gradient.Sweep;
import org.counterweight.distill.gradient.Tesla;
import org.counterweight.distill.gradient.Unrolled;

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
}
