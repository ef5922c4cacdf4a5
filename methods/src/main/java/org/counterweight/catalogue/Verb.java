package org.counterweight.catalogue;

/** What a method does with weights: four small interfaces, and the run itself. */
public enum Verb {
    /** A named weight is computed from other tensors: {@link org.counterweight.model.Parametrization}. */
    PARAMETRIZE,
    /**
     * Rows, or the terms of a prediction, get a number each: {@link org.counterweight.train.weigh.Weigher} while training, {@link
     * org.counterweight.shift.TableWeigher} before it, {@link
     * org.counterweight.guide.GuidanceSchedule}.
     */
    WEIGH,
    /** Several sets of weights become one: {@link org.counterweight.weights.Combiner}. */
    COMBINE,
    /** What a module makes of its input is changed from outside: {@link org.counterweight.model.Tap}. */
    TAP,
    /** A training run is changed, or a program is made of runs: {@link org.counterweight.train.part.RunPart}. */
    RUN
}
