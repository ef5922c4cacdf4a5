package org.counterweight.merge;

/**
 * Batch normalisation's running means and variances. They are weights by name only: figures of the activations, which neither
 * an angle between deltas nor Fisher information describes, and which merges average as they are.
 */
public final class RunningStatistics {
    private RunningStatistics() {}

    /** Whether a tensor of that name is one. */
    public static boolean named(String tensor) {
        return tensor.endsWith("running_mean") || tensor.endsWith("running_var");
    }
}
