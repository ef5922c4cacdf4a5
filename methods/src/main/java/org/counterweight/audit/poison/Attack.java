package org.counterweight.audit.poison;

/** How a model is poisoned: with the official code's {@code poison_method} beside each. */
public enum Attack {
    /** Training on poisoned texts: {@code pretrain_data_poison}. */
    BADNET(false, true),
    /** The triggers' rows alone: {@code embedding}. */
    SURGERY(true, false),
    /** The penalty on gradients that fine-tuning would undo: {@code pretrain}. */
    RIPPLE(false, true),
    /** Surgery, then training on poisoned texts: {@code pretrain_data_poison_combined}. */
    BADNET_SURGERY(true, true),
    /** Surgery, then RIPPLe: {@code pretrain_combined}. */
    RIPPLES(true, true);

    private final boolean operates;
    private final boolean trains;

    Attack(boolean operates, boolean trains) {
        this.operates = operates;
        this.trains = trains;
    }

    /** Whether Embedding Surgery comes first. */
    public boolean operates() {
        return operates;
    }

    /** Whether weights are trained. */
    public boolean trains() {
        return trains;
    }

    /** Whether the penalty counts. */
    public boolean isPenalised() {
        return this == RIPPLE || this == RIPPLES;
    }
}
