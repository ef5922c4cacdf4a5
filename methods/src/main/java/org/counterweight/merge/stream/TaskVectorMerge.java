package org.counterweight.merge.stream;

import static org.bytedeco.pytorch.global.torch.stack;
import static org.bytedeco.pytorch.global.torch.where;
import static org.counterweight.engine.Tensors.scalar;
import static org.counterweight.engine.Tensors.sum;
import static org.counterweight.engine.Tensors.times;

import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Tensors;
import org.jspecify.annotations.Nullable;

/**
 * w = w_0 + λ Δ / D: task arithmetic (G. Ilharco et al., ICLR 2023) and what grew from it. With δ_i = w_i − w_0, thinned, and
 * v_i = a_i δ_i: Δ = Σ v_i and D = Σ a_i; or, where signs are elected as in TIES (P. Yadav et al., NeurIPS 2023), the same
 * sums over the models whose v_i has the sign of Σ v_i. D is 1 unless normalised.
 *
 * <p>The weights take part in the election, as in mergekit; the paper's TIES elects by the unweighted δ_i.
 */
final class TaskVectorMerge implements TensorMerge {
    private static final double NO_DIVISOR = 1e-8;
    private static final double NO_NORM = 1e-7;

    private final int base;
    private final List<TaskVector> vectors;
    private final Rules rules;
    private final double[] before; // Σ|δ_i|
    private final double[] after; // Σ|thinned δ_i|

    /**
     * What is done with the task vectors.
     *
     * @param consensus whether signs are elected
     * @param normalize whether Δ is divided by D
     * @param rescale whether the L1 norm of each δ_i is restored after thinning
     * @param exact whether to round once at the end; else after each operation, in mergekit's order
     */
    record Rules(boolean consensus, boolean normalize, boolean rescale, double lambda, boolean exact) {}

    /**
     * One model's difference from the base.
     *
     * @param input its index among the inputs
     * @param weight a_i
     * @param thinning what is set to zero; null for nothing
     */
    record TaskVector(int input, double weight, @Nullable Thinning thinning) {}

    /** @param base the index of w_0 among the inputs */
    TaskVectorMerge(int base, List<TaskVector> vectors, Rules rules) {
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
    public void look(int pass, Tensor[] inputs, long from) {
        boolean measures = pass == thinningPasses();
        for (int i = 0; i < vectors.size(); i++) {
            Thinning thinning = vectors.get(i).thinning();
            if (thinning == null || (!measures && pass >= thinning.passes())) {
                continue;
            }
            Tensor delta = inputs[vectors.get(i).input()].sub(inputs[base]);
            if (measures) {
                before[i] += total(delta);
                after[i] += total(thinning.apply(delta, from));
            } else {
                thinning.look(pass, delta, from);
            }
        }
    }

    private static double total(Tensor delta) {
        return delta.abs().to(ScalarType.Double).sum().item_double();
    }

    @Override
    public Tensor combine(Tensor[] inputs, long from) {
        Tensor[] deltas = new Tensor[vectors.size()];
        double[] weights = new double[deltas.length];
        for (int i = 0; i < deltas.length; i++) {
            Thinning thinning = vectors.get(i).thinning();
            weights[i] = vectors.get(i).weight();
            Tensor delta = inputs[vectors.get(i).input()].sub(inputs[base]);
            deltas[i] = thinning == null ? delta : rescaled(thinning.apply(delta, from), i);
        }
        if (!rules.exact()) {
            return asMergekit(inputs[base], stack(new TensorVector(deltas)), weights);
        }
        Tensor change = rules.consensus() ? elected(deltas, weights) : summed(deltas, weights);
        return inputs[base].add(change, scalar(rules.lambda()));
    }

    /** With the L1 norm that the whole vector had before thinning; not the 1/ρ of the DARE paper. */
    private Tensor rescaled(Tensor thinned, int i) {
        if (!rules.rescale() || before[i] < NO_NORM || after[i] < NO_NORM) {
            return thinned;
        }
        return thinned.mul_(scalar(before[i] / after[i]));
    }

    private Tensor summed(Tensor[] deltas, double[] weights) {
        double divisor = 0;
        for (double weight : weights) {
            divisor += weight;
        }
        double share = rules.normalize() && Math.abs(divisor) >= NO_DIVISOR ? 1 / divisor : 1;
        Tensor sum = deltas[0].mul_(scalar(weights[0] * share));
        for (int i = 1; i < deltas.length; i++) {
            sum.add_(deltas[i], scalar(weights[i] * share));
        }
        return sum;
    }

    /** Sums the positive and the negative parts apart; the sign of their total says which of the two counts. */
    private Tensor elected(Tensor[] deltas, double[] weights) {
        Tensor total = null;
        Tensor positive = null;
        Tensor negative = null;
        Tensor positiveWeight = null;
        Tensor negativeWeight = null;
        for (int i = 0; i < deltas.length; i++) {
            Tensor v = deltas[i].mul_(scalar(weights[i]));
            Tensor above = v.clamp_min(scalar(0));
            Tensor below = v.clamp_max(scalar(0));
            if (rules.normalize()) {
                Tensor up = times(v.gt(scalar(0)).to(v.scalar_type()), weights[i]);
                Tensor down = times(v.lt(scalar(0)).to(v.scalar_type()), weights[i]);
                positiveWeight = positiveWeight == null ? up : positiveWeight.add_(up);
                negativeWeight = negativeWeight == null ? down : negativeWeight.add_(down);
            }
            positive = positive == null ? above : positive.add_(above);
            negative = negative == null ? below : negative.add_(below);
            total = total == null ? v : total.add_(v);
        }
        if (total == null || positive == null || negative == null) {
            throw new IllegalStateException("without task vectors the base is copied");
        }
        Tensor upwards = total.ge(scalar(0));
        Tensor change = where(upwards, positive, negative);
        if (positiveWeight == null || negativeWeight == null) {
            return change;
        }
        Tensor divisor = where(upwards, positiveWeight, negativeWeight);
        return change.div_(where(divisor.eq(scalar(0)), scalar(1), divisor).to(change.scalar_type()));
    }

    /** The same in the order of mergekit's operations, each of which rounds to the type of {@code deltas}. */
    private Tensor asMergekit(Tensor anchor, Tensor deltas, double[] weights) {
        Tensor factors = Tensors.doubles(weights).to(deltas.scalar_type()).unsqueeze(1);
        Tensor weighted = deltas.mul(factors); // [models, block]
        Tensor mixed;
        Tensor divisor;
        if (rules.consensus()) {
            Tensor elected = times(sum(weighted, false, 0).ge(scalar(0)).to(deltas.scalar_type()), 2)
                    .sub(scalar(1));
            Tensor mask = weighted.sign().eq(elected).to(deltas.scalar_type());
            mixed = sum(weighted.mul(mask), false, 0);
            divisor = sum(factors.mul(mask), false, 0);
            divisor = where(divisor.eq(scalar(0)), scalar(1), divisor).to(deltas.scalar_type());
        } else {
            mixed = sum(weighted, false, 0);
            divisor = sum(factors, false, 0);
            divisor = where(divisor.abs().lt(scalar(NO_DIVISOR)), scalar(1), divisor)
                    .to(deltas.scalar_type());
        }
        if (rules.normalize()) {
            mixed = mixed.div(divisor);
        }
        return anchor.add(rules.lambda() == 1 ? mixed : times(mixed, rules.lambda()));
    }
}
