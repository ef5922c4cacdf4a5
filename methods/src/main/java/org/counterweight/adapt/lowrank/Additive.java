package org.counterweight.adapt.lowrank;

import org.counterweight.model.Parametrization;

/** An adapter that adds a low-rank product to its base, and so can be exported as a plain LoRA. */
public interface Additive extends Parametrization {
    /** W' − W. */
    LowRank update();
}
