package org.counterweight.catalogue;

/** What a method does with weights; each verb but the last two is one small interface. */
public enum Verb {
    /** A named weight is computed from other tensors: {@link org.counterweight.model.Parametrization}. */
    PARAMETRIZE,
    /** Rows get a number each: {@link org.counterweight.train.weigh.Weigher}. */
    WEIGH,
    /** Several sets of weights become one: {@link org.counterweight.weights.Combiner}. */
    COMBINE,
    /** Something is attached to a frozen model: {@link org.counterweight.model.Tap}. */
    TAP,
    /** A training run is another one: {@link org.counterweight.train.part.RunPart}. */
    RUN,
    /** Data is made. */
    SYNTHESIZE,
    /** Weights are attacked and checked. */
    AUDIT
}
