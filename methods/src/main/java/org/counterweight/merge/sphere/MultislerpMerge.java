package org.counterweight.merge.sphere;

import java.util.Arrays;
import org.counterweight.merge.block.Blocks;
import org.counterweight.merge.block.InnerProducts;
import org.counterweight.merge.block.TensorMerge;
import org.counterweight.weights.WeightsException;

/**
 * Barycentric interpolation on a sphere: with directions u_i = v_i / ‖v_i‖ and m = Σ a_i u_i, w = m / ‖m‖ · Σ a_i ‖v_i‖; v_i is
 * a model, or its difference from a base, which is added at the end.
 *
 * <p>C. Goddard, "Multi-SLERP", 2025, and mergekit. There the u_i are projected into the tangent space at m, averaged with the
 * same weights, and brought back; that mean is zero but for rounding, so m is where it ends, and one pass over the weights is
 * enough.
 */
final class MultislerpMerge implements TensorMerge {
    private final String tensor;
    private final int[] models;
    private final int base;
    private final double[] weights;
    private final double least;
    private final InnerProducts products;
    private double[] shares = new double[0];

    /**
     * @param base the index of the base among the inputs; −1 if there is none
     * @param least of the length of m
     */
    MultislerpMerge(String tensor, int[] models, int base, double[] weights, double least) {
        this.tensor = tensor;
        this.models = models;
        this.base = base;
        this.weights = weights;
        this.least = least;
        this.products = new InnerProducts(models, base);
    }

    @Override
    public int passes() {
        return 1;
    }

    @Override
    public void look(int pass, double[][] inputs, int count, long from) {
        products.add(inputs, count, from);
    }

    @Override
    public void combine(double[][] inputs, int count, long from, double[] result) {
        if (from == 0) {
            shares = shares(products.sums());
        }
        if (base < 0) {
            Arrays.fill(result, 0, count, 0);
        } else {
            System.arraycopy(inputs[base], 0, result, 0, count);
        }
        for (int i = 0; i < models.length; i++) {
            if (base < 0) {
                Blocks.add(inputs[models[i]], shares[i], count, result);
            } else {
                Blocks.addDifference(inputs[models[i]], inputs[base], shares[i], count, result);
            }
        }
    }

    private double[] shares(double[][] gram) {
        int k = gram.length;
        double[] shares = new double[k];
        if (k == 1) {
            return new double[] {1}; // there is nothing between which to go
        }
        double length = 0;
        double square = 0;
        for (int i = 0; i < k; i++) {
            double norm = Math.sqrt(gram[i][i]);
            length += weights[i] * norm;
            shares[i] = norm > 0 ? weights[i] / norm : 0;
        }
        for (int i = 0; i < k; i++) {
            for (int j = 0; j < k; j++) {
                square += shares[i] * shares[j] * gram[i][j];
            }
        }
        double mean = Math.sqrt(Math.max(0, square));
        if (mean >= least) {
            for (int i = 0; i < k; i++) {
                shares[i] *= length / mean;
            }
            return shares;
        }
        boolean isZero = Arrays.stream(shares).allMatch(share -> share == 0);
        if (k == 2 || isZero) {
            return weights.clone(); // two opposite ones: the straight line between them
        }
        throw new WeightsException(
                tensor + ": the directions of the models cancel out under these weights; change a weight");
    }
}
