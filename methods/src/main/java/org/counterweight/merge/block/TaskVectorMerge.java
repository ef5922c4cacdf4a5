package org.counterweight.merge.block;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * w = w_0 + λ Δ / D: task arithmetic (G. Ilharco et al., ICLR 2023) and what grew from it. With δ_i = w_i − w_0, thinned, and
 * v_i = a_i δ_i: Δ = Σ v_i and D = Σ a_i; or, where signs are elected as in TIES (P. Yadav et al., NeurIPS 2023), the same
 * sums over the models whose v_i has the sign of Σ v_i. D is 1 unless normalised.
 *
 * <p>The weights take part in the election, as in mergekit; the paper's TIES elects by the unweighted δ_i.
 */
public final class TaskVectorMerge implements TensorMerge {
    private static final double NO_DIVISOR = 1e-8;
    private static final double NO_NORM = 1e-7;

    private final int base;
    private final List<TaskVector> vectors;
    private final Rules rules;
    private final double[] before; // Σ|δ_i|
    private final double[] after; // Σ|thinned δ_i|
    private double[] totals = new double[0]; // Σ v_i, element by element
    private double[] shares = new double[0]; // Σ a_i over those elected

    /**
     * What is done with the task vectors.
     *
     * @param consensus whether signs are elected
     * @param normalize whether Δ is divided by D
     * @param rescale whether the L1 norm of each δ_i is restored after thinning
     * @param rounding null for one rounding at the end; else mergekit's, in its order of operations
     */
    public record Rules(
            boolean consensus,
            boolean normalize,
            boolean rescale,
            double lambda,
            @Nullable Rounding rounding) {}

    /**
     * One model's difference from the base.
     *
     * @param input its index among the inputs
     * @param weight a_i
     * @param thinning what is set to zero; null for nothing
     */
    public record TaskVector(
            int input, double weight, @Nullable Thinning thinning) {}

    /** @param base the index of w_0 among the inputs */
    public TaskVectorMerge(int base, List<TaskVector> vectors, Rules rules) {
        this.base = base;
        this.vectors = List.copyOf(vectors);
        this.rules = rules;
        this.before = new double[vectors.size()];
        this.after = new double[vectors.size()];
    }

    private int thinningPasses() {
        int passes = 0;
        for (TaskVector vector : vectors) {
            passes = Math.max(
                    passes, vector.thinning() == null ? 0 : vector.thinning().passes());
        }
        return passes;
    }

    @Override
    public int passes() {
        return thinningPasses() + (rules.rescale() ? 1 : 0);
    }

    @Override
    public int stride(int pass) {
        int least = Integer.MAX_VALUE;
        for (TaskVector vector : vectors) {
            Thinning thinning = vector.thinning();
            if (thinning != null && pass < thinning.passes()) {
                least = Math.min(least, thinning.stride(pass));
            }
        }
        return least == Integer.MAX_VALUE ? 1 : least;
    }

    @Override
    public void look(int pass, double[][] inputs, int count, long from) {
        boolean measures = pass == thinningPasses();
        for (int k = 0; k < vectors.size(); k++) {
            Thinning thinning = vectors.get(k).thinning();
            if (thinning == null || (!measures && pass >= thinning.passes())) {
                continue;
            }
            double[] delta = delta(k, inputs, count);
            if (measures) {
                before[k] += Blocks.sumOfMagnitudes(delta, count);
                thinning.apply(delta, count, from);
                after[k] += Blocks.sumOfMagnitudes(delta, count);
            } else {
                thinning.look(pass, delta, count, from);
            }
        }
    }

    /** δ of the {@code k}-th vector, in place of its model. */
    private double[] delta(int k, double[][] inputs, int count) {
        double[] delta = inputs[vectors.get(k).input()];
        Blocks.subtract(inputs[base], count, delta);
        Rounding round = rules.rounding();
        if (round != null) {
            for (int i = 0; i < count; i++) {
                delta[i] = round.of(delta[i]);
            }
        }
        return delta;
    }

    /** Restores the L1 norm that the whole vector had before thinning; not the 1/ρ of the DARE paper. */
    private double rescaling(int k) {
        boolean restores =
                rules.rescale() && vectors.get(k).thinning() != null && before[k] >= NO_NORM && after[k] >= NO_NORM;
        return restores ? before[k] / after[k] : 1;
    }

    /** The same with sums and quotient rounded. */
    private double rescaling(int k, Rounding round) {
        double sum = round.of(before[k]);
        double left = round.of(after[k]);
        boolean restores = rules.rescale() && vectors.get(k).thinning() != null && sum >= NO_NORM && left >= NO_NORM;
        return restores ? round.of(sum / left) : 1;
    }

    @Override
    public void combine(double[][] inputs, int count, long from, double[] result) {
        double[][] deltas = new double[vectors.size()][];
        for (int k = 0; k < deltas.length; k++) {
            Thinning thinning = vectors.get(k).thinning();
            deltas[k] = delta(k, inputs, count);
            if (thinning != null) {
                thinning.apply(deltas[k], count, from);
            }
        }
        if (rules.rounding() != null) {
            combineAsMergekit(inputs[base], deltas, count, rules.rounding(), result);
        } else if (rules.consensus()) {
            elect(inputs[base], deltas, count, result);
        } else {
            add(inputs[base], deltas, count, result);
        }
    }

    private double weight(int k) {
        return vectors.get(k).weight();
    }

    private void add(double[] anchor, double[][] deltas, int count, double[] result) {
        double divisor = vectors.stream().mapToDouble(TaskVector::weight).sum();
        double share = rules.normalize() && Math.abs(divisor) >= NO_DIVISOR ? rules.lambda() / divisor : rules.lambda();
        System.arraycopy(anchor, 0, result, 0, count);
        for (int k = 0; k < deltas.length; k++) {
            Blocks.add(deltas[k], weight(k) * rescaling(k) * share, count, result);
        }
    }

    /** The sign of Σ v says whose v count: a zero has no say. */
    private void elect(double[] anchor, double[][] deltas, int count, double[] result) {
        if (totals.length < count) {
            totals = new double[count];
            shares = new double[count];
        }
        Arrays.fill(totals, 0, count, 0);
        Arrays.fill(
                shares, 0, count, Double.MIN_NORMAL); // lost in the first weight; where none comes, 0 is divided by it
        Arrays.fill(result, 0, count, 0);
        for (int k = 0; k < deltas.length; k++) {
            Blocks.add(deltas[k], weight(k) * rescaling(k), count, totals);
        }
        for (int k = 0; k < deltas.length; k++) {
            join(deltas[k], weight(k) * rescaling(k), weight(k), count, result);
        }
        double lambda = rules.lambda();
        if (rules.normalize()) {
            divide(result, count);
        }
        for (int i = 0; i < count; i++) {
            result[i] = anchor[i] + lambda * result[i];
        }
    }

    /**
     * Adds one model's v = {@code factor} · δ where it has the elected sign, and its weight where v is not zero. Signs are as
     * good as random, so there is no branch on them to be mispredicted.
     */
    private void join(double[] delta, double factor, double weight, int count, double[] sums) {
        long share = Double.doubleToRawLongBits(weight);
        for (int i = 0; i < count; i++) {
            long v = Double.doubleToRawLongBits(delta[i] * factor);
            long magnitude = v << 1;
            long agrees = ~(v ^ Double.doubleToRawLongBits(totals[i]));
            long counts = (agrees & (magnitude | -magnitude)) >> (Long.SIZE - 1); // all ones or none
            sums[i] += Double.longBitsToDouble(v & counts);
            shares[i] += Double.longBitsToDouble(share & counts);
        }
    }

    /** Divides by the shares, where there are any. */
    private void divide(double[] sums, int count) {
        for (int i = 0; i < count; i++) {
            shares[i] = shares[i] == 0 ? 1 : shares[i];
        }
        for (int i = 0; i < count; i++) {
            sums[i] /= shares[i];
        }
    }

    /** The same in the order of mergekit's operations, each of which rounds. */
    private void combineAsMergekit(double[] anchor, double[][] deltas, int count, Rounding round, double[] result) {
        double[] weights = new double[deltas.length];
        double[] factors = new double[deltas.length];
        for (int k = 0; k < deltas.length; k++) {
            weights[k] = round.of(weight(k));
            factors[k] = rescaling(k, round);
        }
        double[] weighted = new double[deltas.length];
        for (int i = 0; i < count; i++) {
            double total = 0;
            for (int k = 0; k < deltas.length; k++) {
                double delta = round.of(round.of(deltas[k][i]) * factors[k]);
                weighted[k] = round.of(weights[k] * delta);
                total = round.partial(total + weighted[k]);
            }
            double elected = round.of(total) >= 0 ? 1 : -1;
            double sum = 0;
            double divisor = 0;
            for (int k = 0; k < deltas.length; k++) {
                if (!rules.consensus() || Math.signum(weighted[k]) == elected) {
                    sum = round.partial(sum + weighted[k]);
                    divisor = round.partial(divisor + weights[k]);
                }
            }
            double change = round.of(sum);
            if (rules.normalize()) {
                double share = round.of(divisor);
                boolean none = rules.consensus() ? share == 0 : Math.abs(share) < NO_DIVISOR;
                change = round.of(change / (none ? 1 : share));
            }
            if (rules.lambda() != 1) {
                change = round.of(change * round.partial(rules.lambda()));
            }
            result[i] = round.of(anchor[i] + change);
        }
    }
}
