package org.counterweight.graph.run;

/** Which labels of the target an estimate may look at, in place of what the model predicts. */
public enum TargetLabels {
    /** None. */
    NONE,
    /** Those of the nodes by which the best weights are chosen, as the authors' scripts do by default. */
    VALID,
    /** All: what could be reached at best, and no result. */
    ORACLE
}
