package org.counterweight.shift;

import java.util.Arrays;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Tensors;

/**
 * Some rows of a table, as numbers.
 *
 * @param ids the rows' numbers in their table: draws depend on them, and not on how the rows come
 * @param features float64 {@code [n, d]}; d may be 0
 * @param roles of the columns that are named, one value a row
 * @param outcomes {@code [n, m]}, what a test measures; m may be 0
 */
public record Chunk(long[] ids, Tensor features, Map<Role, double[]> roles, Tensor outcomes) {
    public Chunk {
        roles = Map.copyOf(roles);
    }

    public int size() {
        return ids.length;
    }

    /** Whether the column was named. */
    public boolean has(Role role) {
        return roles.containsKey(role);
    }

    /** The values of a column, one a row. */
    public double[] values(Role role) {
        double[] values = roles.get(role);
        if (values == null) {
            throw new IllegalStateException("no column was named for " + role.key());
        }
        return values;
    }

    /** The same as a tensor, float64 {@code [n]}. */
    public Tensor tensor(Role role) {
        return Tensors.doubles(values(role));
    }

    /** How many rows each row stands for: 1 where no column says so. */
    public double[] weights() {
        if (has(Role.WEIGHT)) {
            return values(Role.WEIGHT);
        }
        double[] ones = new double[size()];
        Arrays.fill(ones, 1);
        return ones;
    }
}
