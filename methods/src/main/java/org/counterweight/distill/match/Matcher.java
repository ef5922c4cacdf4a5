package org.counterweight.distill.match;

import org.bytedeco.pytorch.Tensor;
import org.counterweight.distill.OuterStep;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.jspecify.annotations.Nullable;

/** A way to learn images, step by step. */
public sealed interface Matcher permits TrajectoryMatcher, FeatureMatcher, GradientMatcher {
    /**
     * What a step made; of the scope that was open.
     *
     * @param state after it; the one before where it is not finite, or where there was nothing to learn
     * @param labels probabilities that the images are called by from now on; null where they keep their classes
     * @param loss before it; NaN where the draw said nothing and was skipped
     * @param isFinite whether loss and gradients were numbers
     */
    record Outcome(OuterStep.State state, @Nullable Tensor labels, double loss, boolean isFinite) {
        /** The same with tensors that outlive that scope. */
        Outcome keptBy(Scope scope) {
            return new Outcome(state.keptBy(scope), labels == null ? null : scope.keep(labels), loss, isFinite);
        }
    }

    /**
     * One step.
     *
     * @param before images and inner rate
     * @param labels classes of the images, {@code int64 [n]}
     * @param outer how far a gradient moves them
     * @param seed of this step's draws
     */
    Outcome step(OuterStep.State before, Tensor labels, OuterStep outer, Seed seed);
}
