package org.counterweight.shift.abtest.loop;

import org.counterweight.shift.abtest.ArmWeights;

/** How the models of a test learn from its records. */
public enum LoopMethod {
    /** One model for both arms learns from all records. */
    POOLING,
    /** The model of the start is kept. */
    SNAPSHOT,
    /** Each arm's model learns from its own records. */
    SPLITTING,
    /** Each arm's model learns from all records, weighted by {@link ArmWeights}. */
    WEIGHTED,
    /** The same with weights that know the truth, for simulations: an upper reference. */
    ORACLE_WEIGHTS,
    /** No test: everybody is in the treatment. */
    GLOBAL_TREATMENT,
    /** No test: everybody is in the control. */
    GLOBAL_CONTROL;

    /** Whether there is one arm only. */
    public boolean isGlobal() {
        return this == GLOBAL_TREATMENT || this == GLOBAL_CONTROL;
    }
}
