package org.counterweight.studies.plan;

import org.counterweight.engine.Seed;
import org.counterweight.studies.plan.arm.Arm;
import org.counterweight.studies.plan.arm.Measurement;
import org.counterweight.studies.plan.arm.Size;

/**
 * One reproduction: a {@link Plan} that states everything beforehand, and the code that measures one arm for one seed.
 *
 * <p>All arms of a seed are measured by the same {@link Trial}: the same data, the same pretrained base, the same order of
 * batches. That is what pairs them, and what the rules of the verdicts rest on.
 */
public interface Study {
    Plan plan();

    /**
     * What the arms of one seed share: data, split, base model. Called inside a {@link org.counterweight.engine.Scope} that
     * lives as long as the trial is used.
     */
    Trial prepare(Seed seed, Size size);

    /** One seed, ready to be measured. */
    @FunctionalInterface
    interface Trial {
        /** Trains and measures one arm; called in a scope of its own, and must leave the shared tensors as they were. */
        Measurement run(Arm arm);
    }
}
