package org.counterweight.merge.sphere;

import java.util.Arrays;
import org.counterweight.merge.block.Blocks;
import org.counterweight.merge.block.InnerProducts;
import org.counterweight.merge.block.TensorMerge;

/**
 * The Karcher mean of the models' directions on the sphere, of the mean of their lengths: u with the least Σ θ(u, u_i)² / k,
 * found by steps along the mean of the tangents, log_u(u_i) = θ_i / sin θ_i · (u_i − cos θ_i u).
 *
 * <p>H. Karcher, "Riemannian center of mass and mollifier smoothing", 1977; steps and constants as in mergekit. Every u is a
 * weighted sum of the u_i, so all is computed from their inner products in one pass over the weights, exactly, where mergekit
 * rounds u in each step.
 */
final class KarcherMerge implements TensorMerge {
    private final int[] models;
    private final int steps;
    private final double tolerance;
    private final InnerProducts products;
    private double[] shares = new double[0];

    KarcherMerge(int[] models, int steps, double tolerance) {
        this.models = models;
        this.steps = steps;
        this.tolerance = tolerance;
        this.products = new InnerProducts(models, -1);
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
        Blocks.scale(inputs[models[0]], shares[0], count, result);
        for (int i = 1; i < models.length; i++) {
            Blocks.add(inputs[models[i]], shares[i], count, result);
        }
    }

    /** What each model counts in the mean. */
    private double[] shares(double[][] gram) {
        int k = gram.length;
        double[] lengths = new double[k];
        double total = 0;
        int valid = 0;
        for (int i = 0; i < k; i++) {
            lengths[i] = Math.sqrt(gram[i][i]);
            total += lengths[i] / k;
            valid += lengths[i] > 0 ? 1 : 0;
        }
        if (valid == 0) {
            return new double[k]; // all are zero
        }
        double[][] cosines = new double[k][k];
        double[] weights = new double[k];
        for (int i = 0; i < k; i++) {
            weights[i] = lengths[i] > 0 ? 1.0 / valid : 0;
            for (int j = 0; j < k; j++) {
                cosines[i][j] = lengths[i] > 0 && lengths[j] > 0 ? gram[i][j] / lengths[i] / lengths[j] : 0;
            }
        }
        double[] mean = mean(cosines, weights);
        for (int i = 0; i < k; i++) {
            mean[i] = lengths[i] > 0 ? mean[i] * total / lengths[i] : 0;
        }
        return mean;
    }

    /** The mean direction as a sum of directions. */
    private double[] mean(double[][] cosines, double[] weights) {
        double[] u = weights.clone();
        if (length(cosines, u) < tolerance) { // they cancel out: begin at the first
            Arrays.fill(u, 0);
            u[first(weights)] = 1;
        }
        normalize(cosines, u);
        for (int step = 0; step < steps; step++) {
            double[] tangent = tangent(cosines, weights, u);
            double length = length(cosines, tangent);
            if (length < tolerance) {
                break;
            }
            for (int i = 0; i < u.length; i++) {
                u[i] = Math.cos(length) * u[i] + Math.sin(length) / length * tangent[i];
            }
            normalize(cosines, u);
        }
        return u;
    }

    private double[] tangent(double[][] cosines, double[] weights, double[] u) {
        double[] tangent = new double[u.length];
        double along = 0;
        for (int i = 0; i < u.length; i++) {
            double cosine = Math.max(-1, Math.min(1, dot(cosines[i], u)));
            double angle = Math.acos(cosine);
            if (angle >= tolerance && weights[i] > 0 && Math.sin(angle) > 0) { // opposite to u there is no direction
                tangent[i] = weights[i] * angle / Math.sin(angle);
                along += tangent[i] * cosine;
            }
        }
        for (int i = 0; i < u.length; i++) {
            tangent[i] -= along * u[i];
        }
        return tangent;
    }

    private static int first(double[] weights) {
        int first = 0;
        while (weights[first] == 0) {
            first++;
        }
        return first;
    }

    private static void normalize(double[][] cosines, double[] u) {
        double length = length(cosines, u);
        for (int i = 0; i < u.length; i++) {
            u[i] /= length;
        }
    }

    private static double length(double[][] cosines, double[] u) {
        double square = 0;
        for (int i = 0; i < u.length; i++) {
            square += u[i] * dot(cosines[i], u);
        }
        return Math.sqrt(Math.max(0, square));
    }

    private static double dot(double[] x, double[] y) {
        return Blocks.dot(x, y, 0, x.length);
    }
}
