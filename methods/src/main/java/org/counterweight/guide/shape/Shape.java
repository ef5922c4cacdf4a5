package org.counterweight.guide.shape;

/**
 * How guidance grows and falls over the times of sampling: a factor f(u), by section 4 of the paper. u is 1 at noise, where
 * sampling begins, and 0 at data: what increases while sampling falls with u.
 */
public sealed interface Shape permits PlainShape, PowerCosine, LevelInterval, IndexInterval, Reversed, CogVideoXLegacy {
    /** The factor at a step. */
    double at(Grid.Point point);

    /** The integral of the factor over u from 0 to 1; NaN where it is none of a function of u. */
    double mean();

    /** Whether there is guidance at all; outside, the weight is the neutral one whatever else is asked. */
    default boolean isOpen(Grid.Point point) {
        return true;
    }
}
