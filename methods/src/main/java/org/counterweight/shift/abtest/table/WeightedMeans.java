package org.counterweight.shift.abtest.table;

import java.io.Serializable;
import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Tensors;
import org.counterweight.shift.abtest.ArmWeights;

/**
 * Means of the outcomes of all records weighted for each arm. Where an outcome follows from the features alone, the weighted
 * mean over both arms' records is that of the arm (lemma 1), from more records than the arm has.
 *
 * @param sums Σ of a, b, a², b², ab of the weights a of the treatment and b of the control, {@code [5]}
 * @param moments for each outcome Σ of a y, b y, a² y, b² y, a b y, a² y², b² y², a b y², {@code [m, 8]}
 */
record WeightedMeans(double[] sums, double[][] moments) implements Serializable {
    private static final int WEIGHTS = 5;
    private static final int MOMENTS = 8;

    static WeightedMeans none(int outcomes) {
        return new WeightedMeans(new double[WEIGHTS], new double[outcomes][MOMENTS]);
    }

    /** Of records with outcomes {@code [n, m]}. */
    static WeightedMeans of(Tensor outcomes, ArmWeights weights) {
        Tensor a = weights.treatment();
        Tensor b = weights.control();
        Tensor products = torch.stack(new TensorVector(a, b, a.square(), b.square(), a.mul(b)), 0); // [5, n]
        double[] sums = Tensors.toDoubles(Tensors.sum(products, false, 1));
        double[][] moments = new double[Math.toIntExact(outcomes.size(1))][MOMENTS];
        for (int k = 0; k < moments.length; k++) {
            Tensor y = outcomes.select(1, k);
            System.arraycopy(Tensors.toDoubles(products.mv(y)), 0, moments[k], 0, WEIGHTS);
            Tensor squares = Tensors.slice(products, 0, 2, WEIGHTS).mv(y.square());
            System.arraycopy(Tensors.toDoubles(squares), 0, moments[k], WEIGHTS, MOMENTS - WEIGHTS);
        }
        return new WeightedMeans(sums, moments);
    }

    WeightedMeans plus(WeightedMeans other) {
        double[] all = sums.clone();
        Arrays.setAll(all, i -> sums[i] + other.sums[i]);
        double[][] both = new double[moments.length][MOMENTS];
        for (int k = 0; k < both.length; k++) {
            for (int i = 0; i < MOMENTS; i++) {
                both[k][i] = moments[k][i] + other.moments[k][i];
            }
        }
        return new WeightedMeans(all, both);
    }

    double treatment(int outcome) {
        return moments[outcome][0] / sums[0];
    }

    double control(int outcome) {
        return moments[outcome][1] / sums[1];
    }

    /**
     * The standard error of the difference of both means, with the weights taken as known: Σ (a (y − y_T) / Σ a − b (y − y_C) /
     * Σ b)² over the records, its root.
     */
    double error(int outcome) {
        double[] m = moments[outcome];
        double t = treatment(outcome);
        double c = control(outcome);
        double ofTreatment = m[5] - 2 * t * m[2] + t * t * sums[2];
        double ofControl = m[6] - 2 * c * m[3] + c * c * sums[3];
        double both = m[7] - (t + c) * m[4] + t * c * sums[4];
        double variance =
                ofTreatment / (sums[0] * sums[0]) + ofControl / (sums[1] * sums[1]) - 2 * both / (sums[0] * sums[1]);
        return Math.sqrt(Math.max(0, variance));
    }
}
