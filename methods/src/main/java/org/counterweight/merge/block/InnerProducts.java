package org.counterweight.merge.block;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * ⟨x_i − z, x_j − z⟩ of models as vectors, summed over blocks: element by element, so that only the last sum is no vector
 * instruction. Blocks come in order, the first is the longest.
 */
public final class InnerProducts {
    private final int[] vectors;
    private final int origin;
    private final double[][][] parts; // for i ≤ j, the sums over every so many elements

    /**
     * @param vectors which of the inputs they are
     * @param origin which input z is; −1 for none
     */
    public InnerProducts(int[] vectors, int origin) {
        this.vectors = vectors.clone();
        this.origin = origin;
        this.parts = new double[vectors.length][vectors.length][0];
    }

    /** Sees a block; {@code from} is the flat index of its first element. */
    public void add(double[][] inputs, int count, long from) {
        double[] z = origin < 0 ? null : inputs[origin];
        for (int i = 0; i < vectors.length; i++) {
            for (int j = i; j < vectors.length; j++) {
                if (from == 0) {
                    parts[i][j] = new double[count];
                }
                add(inputs[vectors[i]], inputs[vectors[j]], z, count, parts[i][j]);
            }
        }
    }

    private static void add(double[] x, double[] y, double @Nullable [] z, int count, double[] sums) {
        if (z == null) {
            Blocks.addProducts(x, y, count, sums);
        } else {
            Blocks.addProductsOfDifferences(x, y, z, count, sums);
        }
    }

    /** The products, both above and below the diagonal. */
    public double[][] sums() {
        double[][] sums = new double[vectors.length][vectors.length];
        for (int i = 0; i < vectors.length; i++) {
            for (int j = i; j < vectors.length; j++) {
                sums[i][j] = Arrays.stream(parts[i][j]).sum();
                sums[j][i] = sums[i][j];
            }
        }
        return sums;
    }
}
