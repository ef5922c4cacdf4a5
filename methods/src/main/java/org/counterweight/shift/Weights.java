package org.counterweight.shift;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a weigher says about the rows of a chunk.
 *
 * @param columns by name, one value a row, not negative; in the order in which they are to be written
 * @param kept whether each row stays in the table; null if all do
 * @param compared how the rows count in the two samples that the weights are to make alike; null if they make none alike
 */
public record Weights(
        Map<String, double[]> columns,
        boolean @Nullable [] kept,
        @Nullable Compared compared) {
    public Weights {
        columns = Collections.unmodifiableMap(new LinkedHashMap<>(columns));
    }

    /**
     * How rows count in two samples, without the weights and with them; 0 where they are not in it.
     *
     * @param one of the first sample, without weights
     * @param oneWeighted of the first sample, with weights
     * @param other of the second sample, without weights
     * @param otherWeighted of the second sample, with weights
     */
    public record Compared(double[] one, double[] oneWeighted, double[] other, double[] otherWeighted) {}
}
