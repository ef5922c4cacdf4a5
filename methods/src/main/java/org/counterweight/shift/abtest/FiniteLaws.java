package org.counterweight.shift.abtest;

import static org.counterweight.engine.Tensors.add;
import static org.counterweight.engine.Tensors.times;

import org.bytedeco.pytorch.Tensor;

/**
 * Lemma 1 and theorem 1 on a finite space: what the weights of each point are, what they make of the law of the records, and
 * their second moments.
 *
 * @param probability E[Z | X] of each point, {@code [k]}
 * @param weights W_T and W_C
 * @param treatment W_T D_E, {@code [k]}
 * @param control W_C D_E, {@code [k]}
 * @param treatmentMoment E[W_T²], at most 1/p
 * @param controlMoment E[W_C²], at most 1/(1 − p)
 */
public record FiniteLaws(
        Tensor probability,
        ArmWeights weights,
        Tensor treatment,
        Tensor control,
        double treatmentMoment,
        double controlMoment) {
    /**
     * Of the laws of both arms.
     *
     * @param treatment D_T, {@code [k]}, of sum 1
     * @param control D_C, {@code [k]}, of sum 1
     */
    public static FiniteLaws of(Tensor treatment, Tensor control, double p) {
        Tensor mixed = add(times(treatment, p), control, 1 - p);
        Tensor probability = times(treatment, p).div(mixed).nan_to_num();
        ArmWeights weights = ArmWeights.of(probability, p, ArmWeights.Rule.PLAIN);
        return new FiniteLaws(
                probability,
                weights,
                weights.treatment().mul(mixed),
                weights.control().mul(mixed),
                weights.treatment().square().dot(mixed).item_double(),
                weights.control().square().dot(mixed).item_double());
    }
}
