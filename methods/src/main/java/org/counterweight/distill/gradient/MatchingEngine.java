package org.counterweight.distill.gradient;

import java.util.List;
import org.counterweight.distill.SyntheticSet;
import org.counterweight.distill.trajectory.InnerBatch;
import org.counterweight.distill.trajectory.Matching;
import org.counterweight.distill.trajectory.Segment;

/** A way to the gradient of a matching loss. */
public sealed interface MatchingEngine permits Unrolled, Sweep, Tesla {
    /**
     * The loss and its gradient with respect to images, labels and inner rate.
     *
     * @param segment not {@linkplain Segment#isStill still}
     * @param batches what each of the T inner steps learns from; at least one
     * @throws ArithmeticException if an expert's distance to divide by is 0
     * @throws IllegalArgumentException if the engine has no gradient of such a matching
     */
    MatchingGradient gradient(Matching matching, SyntheticSet set, Segment segment, List<InnerBatch> batches);
}
