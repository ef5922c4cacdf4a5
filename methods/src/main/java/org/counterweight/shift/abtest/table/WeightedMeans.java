package org.counterweight.shift.abtest.table;

import java.io.Serializable;
import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Tensors;
import org.counterweight.shift.abtest.ArmWeights;

/**
 * Means of the outcomes of all records weighted for each arm. Where an outcome follows from the features alone, the weighted
 * mean over both arms' records is that of the arm (lemma 1).
 *
 * @param weights Σ of the weights of the treatment and of the control, {@code [2]}
 * @param treatment Σ of the outcomes under the weights of the treatment, {@code [m]}
 * @param control the same of the control, {@code [m]}
 */
record WeightedMeans(double[] weights, double[] treatment, double[] control) implements Serializable {
    static WeightedMeans none(int outcomes) {
        return new WeightedMeans(new double[2], new double[outcomes], new double[outcomes]);
    }

    /** Of records with outcomes {@code [n, m]}. */
    static WeightedMeans of(Tensor outcomes, ArmWeights weights) {
        Tensor y = outcomes.t();
        return new WeightedMeans(
                new double[] {
                    weights.treatment().sum().item_double(),
                    weights.control().sum().item_double()
                },
                Tensors.toDoubles(y.mv(weights.treatment())),
                Tensors.toDoubles(y.mv(weights.control())));
    }

    WeightedMeans plus(WeightedMeans other) {
        return new WeightedMeans(
                sum(weights, other.weights), sum(treatment, other.treatment), sum(control, other.control));
    }

    private static double[] sum(double[] one, double[] other) {
        double[] both = new double[one.length];
        Arrays.setAll(both, i -> one[i] + other[i]);
        return both;
    }

    double ofTreatment(int outcome) {
        return treatment[outcome] / weights[0];
    }

    double ofControl(int outcome) {
        return control[outcome] / weights[1];
    }
}
