package org.counterweight.merge.select;

import java.util.Arrays;
import org.counterweight.merge.block.TensorMerge;
import org.counterweight.merge.method.MergeSite;

/**
 * w = w_0 + Σ_i m_i δ_i, where a δ_i counts if it is larger than ε: with m_i = λ_i where model i alone changed the element, and 1 / c
 * where c models did. λ_i = 1 + r · min(α, ρ_i), ρ_i being how many of the model's changes are shared for each that is its own;
 * plain RAM has r = 0.
 *
 * <p>"Behavior knowledge merge in reinforced agentic models", arXiv:2601.13572, 2026, with ρ of each tensor as mergekit has it.
 */
final class RamMerge implements TensorMerge {
    private final int base;
    private final int[] models;
    private final double epsilon;
    private final double r;
    private final double alpha;
    private final long[] shared;
    private final long[] own;
    private double[] factors = new double[0];

    RamMerge(MergeSite site, double epsilon, double r, double alpha) {
        this.base = site.base();
        this.models = site.others().stream().mapToInt(Integer::intValue).toArray();
        this.epsilon = epsilon;
        this.r = r;
        this.alpha = alpha;
        this.shared = new long[models.length];
        this.own = new long[models.length];
    }

    @Override
    public int passes() {
        return r == 0 ? 0 : 1;
    }

    @Override
    public void look(int pass, double[][] inputs, int count, long from) {
        for (int e = 0; e < count; e++) {
            int changes = changes(inputs, e);
            for (int i = 0; i < models.length; i++) {
                if (isChange(inputs, i, e)) {
                    shared[i] += changes > 1 ? 1 : 0;
                    own[i] += changes > 1 ? 0 : 1;
                }
            }
        }
    }

    private boolean isChange(double[][] inputs, int i, int e) {
        return Math.abs(inputs[models[i]][e] - inputs[base][e]) > epsilon;
    }

    private int changes(double[][] inputs, int e) {
        int changes = 0;
        for (int i = 0; i < models.length; i++) {
            changes += isChange(inputs, i, e) ? 1 : 0;
        }
        return changes;
    }

    @Override
    public void combine(double[][] inputs, int count, long from, double[] result) {
        if (from == 0) {
            factors = new double[models.length];
            Arrays.setAll(factors, i -> 1 + r * Math.min(alpha, shared[i] / Math.max(own[i], epsilon)));
        }
        for (int e = 0; e < count; e++) {
            int changes = changes(inputs, e);
            double sum = 0;
            for (int i = 0; i < models.length; i++) {
                if (isChange(inputs, i, e)) {
                    double delta = inputs[models[i]][e] - inputs[base][e];
                    sum += changes > 1 ? delta / changes : delta * factors[i];
                }
            }
            result[e] = inputs[base][e] + sum;
        }
    }
}
