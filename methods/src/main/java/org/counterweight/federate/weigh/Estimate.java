package org.counterweight.federate.weigh;

import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.federate.client.FederationException;

/**
 * What a round's updates say of noise and distances.
 *
 * @param variance σ²
 * @param target ‖ḡ‖²
 * @param sources one a source, in order
 */
public record Estimate(double variance, double target, List<Distances> sources) {
    public Estimate {
        sources = List.copyOf(sources);
    }

    /** β of each source, in order. */
    public double[] betas(BetaRule rule) {
        return sources.stream().mapToDouble(rule::beta).toArray();
    }

    static void requireTwo(long batches) {
        if (batches < 2) {
            throw new FederationException("auto-weighting needs at least 2 target batches, got " + batches
                    + "; lower target_batch_size or use fixed beta");
        }
    }

    static void requireLength(Tensor source, long length) {
        if (source.numel() != length) {
            throw new FederationException("a source's update has " + source.numel() + " numbers, the target's " + length
                    + "; both must be of one model");
        }
    }
}
