package org.counterweight.shift.abtest.table;

import java.io.Serializable;

/**
 * Probabilities compared with what happened, in ten parts of [0, 1].
 *
 * @param rows in each part
 * @param said sum of the probabilities in each part
 * @param happened how often it was the treatment in each part
 * @param bits sum of the cross-entropies, in bits
 */
public record ArmCalibration(double[] rows, double[] said, double[] happened, double bits) implements Serializable {
    static final int PARTS = 10;

    /** Of no rows. */
    static ArmCalibration none() {
        return new ArmCalibration(new double[PARTS], new double[PARTS], new double[PARTS], 0);
    }

    /** Of probabilities and arms. */
    static ArmCalibration of(double[] g, double[] z) {
        ArmCalibration found = none();
        double bits = 0;
        for (int i = 0; i < g.length; i++) {
            int part = Math.min(PARTS - 1, (int) (PARTS * g[i]));
            found.rows[part]++;
            found.said[part] += g[i];
            found.happened[part] += z[i];
            double right = z[i] > 0 ? g[i] : 1 - g[i];
            bits -= Math.log(Math.max(right, 1e-12)) / Math.log(2);
        }
        return new ArmCalibration(found.rows, found.said, found.happened, bits);
    }

    ArmCalibration plus(ArmCalibration other) {
        ArmCalibration sum = none();
        for (int k = 0; k < PARTS; k++) {
            sum.rows[k] = rows[k] + other.rows[k];
            sum.said[k] = said[k] + other.said[k];
            sum.happened[k] = happened[k] + other.happened[k];
        }
        return new ArmCalibration(sum.rows, sum.said, sum.happened, bits + other.bits);
    }

    double count() {
        double count = 0;
        for (double of : rows) {
            count += of;
        }
        return count;
    }
}
