package org.counterweight.merge.select;

import java.util.Arrays;
import org.counterweight.merge.block.TensorMerge;
import org.counterweight.merge.block.Thinning;
import org.counterweight.merge.method.MergeSite;
import org.counterweight.merge.thin.MagnitudeThinning;
import org.jspecify.annotations.Nullable;

/**
 * Select the elements in which the models vary most; calculate a weight for each model from what it changed there, ω_i =
 * ‖δ_i‖² / Σ ‖δ_j‖²; erase what has not the sign of Σ δ_i. w = w_0 + Σ ω_i δ_i / Σ ω_i over the models that are left.
 *
 * <p>F. Wan et al., "FuseChat: knowledge fusion of chat models", 2024 (arXiv:2408.07990), section 3.3, per tensor as in mergekit.
 * There weights of tensors that hardly changed (a mean square below 1e-6 in all) are made equal; that is done here with
 * mergekit's arithmetic alone.
 */
final class SceMerge implements TensorMerge {
    private static final double LEAST = 1e-6;

    private final int base;
    private final int[] models;
    private final long size;
    private final double topk;
    private final boolean asMergekit;
    private final double[] squares;
    private long varied;
    private @Nullable Thinning selection;
    private double[] spread = new double[0];
    private double[] weights = new double[0];

    SceMerge(MergeSite site, double topk) {
        this.base = site.base();
        this.models = site.others().stream().mapToInt(Integer::intValue).toArray();
        this.size = site.size();
        this.topk = topk;
        this.asMergekit = site.rounding() != null;
        this.squares = new double[models.length];
    }

    private boolean selects() {
        return topk < 1;
    }

    /** One that counts, those of the selection, one that weighs. */
    @Override
    public int passes() {
        return selects() ? 2 + (selection == null ? 0 : selection.passes()) : 1;
    }

    @Override
    public int stride(int pass) {
        return selection != null && pass >= 1 && pass <= selection.passes() ? selection.stride(pass - 1) : 1;
    }

    @Override
    public void look(int pass, double[][] inputs, int count, long from) {
        if (selects() && pass == 0) {
            measure(inputs, count);
            for (int e = 0; e < count; e++) {
                varied += spread[e] == 0 ? 0 : 1;
            }
            if (from + count == size) {
                long kept = (long) (varied * topk);
                selection = kept == 0 ? null : MagnitudeThinning.largest(kept, size);
            }
        } else if (selection != null && pass <= selection.passes()) {
            measure(inputs, count);
            selection.look(pass - 1, spread, count, from);
        } else {
            select(inputs, count, from);
            for (int i = 0; i < models.length; i++) {
                double[] delta = inputs[models[i]];
                for (int e = 0; e < count; e++) {
                    squares[i] += delta[e] * delta[e];
                }
            }
        }
    }

    /** The standard deviation of each element over the models: zero, to the last bit, where all have the same. */
    private void measure(double[][] inputs, int count) {
        if (spread.length < count) {
            spread = new double[count];
        }
        Arrays.fill(spread, 0, count, 0);
        for (int i = 0; i < models.length; i++) {
            for (int j = i + 1; j < models.length; j++) {
                double[] x = inputs[models[i]];
                double[] y = inputs[models[j]];
                for (int e = 0; e < count; e++) {
                    spread[e] += (x[e] - y[e]) * (x[e] - y[e]);
                }
            }
        }
        for (int e = 0; e < count; e++) {
            spread[e] = Math.sqrt(spread[e]) / models.length;
        }
    }

    /** The differences in the places of the models, zero where they are not selected. */
    private void select(double[][] inputs, int count, long from) {
        if (selects()) {
            measure(inputs, count);
            if (selection == null) {
                Arrays.fill(spread, 0, count, 0);
            } else {
                selection.apply(spread, count, from);
            }
        }
        for (int model : models) {
            double[] delta = inputs[model];
            for (int e = 0; e < count; e++) {
                delta[e] = selects() && spread[e] == 0 ? 0 : delta[e] - inputs[base][e];
            }
        }
    }

    @Override
    public void combine(double[][] inputs, int count, long from, double[] result) {
        if (from == 0) {
            weights = weights();
        }
        select(inputs, count, from);
        for (int e = 0; e < count; e++) {
            double total = 0;
            for (int model : models) {
                total += inputs[model][e];
            }
            double sign = total >= 0 ? 1 : -1;
            double sum = 0;
            double divisor = 0;
            for (int i = 0; i < models.length; i++) {
                double delta = inputs[models[i]][e];
                if (Math.signum(delta) == sign) {
                    sum += weights[i] * delta;
                    divisor += weights[i];
                }
            }
            double least = asMergekit ? Math.max(divisor, LEAST) : divisor;
            result[e] = inputs[base][e] + (sum == 0 ? 0 : sum / least);
        }
    }

    private double[] weights() {
        double total = Arrays.stream(squares).sum();
        boolean areEqual = total == 0 || asMergekit && total / size < LEAST;
        return Arrays.stream(squares)
                .map(square -> areEqual ? 1.0 / models.length : square / total)
                .toArray();
    }
}
