package org.counterweight.merge.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.counterweight.merge.block.RoundedStock;
import org.counterweight.merge.block.Rounding;
import org.counterweight.merge.block.TensorMerge;
import org.counterweight.merge.sphere.NuslerpMerge.Vectors;
import org.counterweight.merge.sphere.RoundedNuslerp;
import org.counterweight.merge.sphere.RoundedSlerp;
import org.counterweight.merge.thin.DellaProbability;
import org.counterweight.weights.DType;
import org.junit.jupiter.api.Test;

/**
 * Merges in mergekit's order of roundings, against what mergekit 0.1.4 itself gives for two rows of six in bfloat16 with one
 * thread.
 */
class RoundedMergesTest {
    private static final Rounding BF16 = Rounding.of(DType.BF16);
    private static final int WIDTH = 6;

    private static final double[] BASE = {
        -0.75, -0.171875, 0.40625, -0.53125, 0.046875, 0.625, -0.3125, 0.265625, -0.671875, -0.09375, 0.484375,
        -0.453125
    };
    private static final double[] X = {
        -0.78515625,
        -0.1591796875,
        0.37109375,
        -0.51953125,
        0.0107421875,
        0.63671875,
        -0.349609375,
        0.275390625,
        -0.7109375,
        -0.0849609375,
        0.4453125,
        -0.4453125
    };
    private static final double[] Y = {
        -0.7734375,
        -0.1357421875,
        0.40625,
        -0.5703125,
        0.06640625,
        0.609375,
        -0.2734375,
        0.26953125,
        -0.70703125,
        -0.0703125,
        0.470703125,
        -0.41015625
    };
    private static final double[] Z = {
        -0.7578125,
        -0.20703125,
        0.439453125,
        -0.5234375,
        0.02734375,
        0.578125,
        -0.2890625,
        0.26171875,
        -0.703125,
        -0.0556640625,
        0.49609375,
        -0.46875
    };

    /** All passes, a row at a time. */
    private static double[] merged(TensorMerge merge, double[]... models) {
        for (int pass = 0; pass < merge.passes(); pass++) {
            for (int row = 0; row < BASE.length; row += WIDTH) {
                merge.look(pass, rows(row, models), WIDTH, row);
            }
        }
        double[] result = new double[BASE.length];
        for (int row = 0; row < BASE.length; row += WIDTH) {
            double[] part = new double[WIDTH];
            merge.combine(rows(row, models), WIDTH, row, part);
            System.arraycopy(part, 0, result, row, WIDTH);
        }
        return result;
    }

    private static double[][] rows(int from, double[]... models) {
        return Arrays.stream(models)
                .map(model -> Arrays.copyOfRange(model, from, from + WIDTH))
                .toArray(double[][]::new);
    }

    @Test
    void modelStock() {
        assertThat(merged(new RoundedStock(BF16, false, 0, 3, false, 1), BASE, X, Y, Z))
                .containsExactly(
                        -0.75,
                        -0.171875,
                        0.40625,
                        -0.53125,
                        0.045654296875,
                        0.62109375,
                        -0.310546875,
                        0.265625,
                        -0.67578125,
                        -0.09130859375,
                        0.484375,
                        -0.451171875);
    }

    @Test
    void modelStockByRow() {
        assertThat(merged(new RoundedStock(BF16, false, 0, 3, true, WIDTH), BASE, X, Y, Z))
                .containsExactly(
                        -0.734375,
                        -0.17578125,
                        0.40625,
                        -0.52734375,
                        0.05517578125,
                        0.63671875,
                        -0.30859375,
                        0.265625,
                        -0.6875,
                        -0.08203125,
                        0.4765625,
                        -0.447265625);
    }

    @Test
    void nuslerp() {
        assertThat(merged(new RoundedNuslerp(BF16, 0.3, 0, 1, -1, Vectors.WHOLE, 1), X, Y))
                .containsExactly(
                        -0.78515625,
                        -0.15234375,
                        0.380859375,
                        -0.53125,
                        0.0274658203125,
                        0.62890625,
                        -0.326171875,
                        0.2734375,
                        -0.70703125,
                        -0.08056640625,
                        0.453125,
                        -0.43359375);
        assertThat(merged(new RoundedNuslerp(BF16, 0.3, 0, 1, -1, Vectors.ROWS, WIDTH), X, Y))
                .containsExactly(
                        -0.78515625,
                        -0.15234375,
                        0.380859375,
                        -0.53125,
                        0.0274658203125,
                        0.62890625,
                        -0.328125,
                        0.275390625,
                        -0.71484375,
                        -0.0810546875,
                        0.455078125,
                        -0.435546875);
        assertThat(merged(new RoundedNuslerp(BF16, 0.3, 0, 1, -1, Vectors.COLUMNS, WIDTH), X, Y))
                .containsExactly(
                        -0.78515625,
                        -0.1533203125,
                        0.3828125,
                        -0.53125,
                        0.0274658203125,
                        0.62890625,
                        -0.326171875,
                        0.275390625,
                        -0.7109375,
                        -0.08056640625,
                        0.453125,
                        -0.435546875);
    }

    @Test
    void nuslerpOfDifferencesFromABase() {
        assertThat(merged(new RoundedNuslerp(BF16, 0.3, 1, 2, 0, Vectors.WHOLE, 1), BASE, X, Y))
                .containsExactly(
                        -0.7890625,
                        -0.1455078125,
                        0.375,
                        -0.5390625,
                        0.024169921875,
                        0.62890625,
                        -0.328125,
                        0.275390625,
                        -0.71875,
                        -0.076171875,
                        0.4453125,
                        -0.427734375);
    }

    @Test
    void slerp() {
        double[] first = place(1);
        double[] second = place(2);
        assertThat(rounded(merged(new RoundedSlerp(0.3, 0), first, second)))
                .containsExactly(
                        -0.62109375,
                        0.42578125,
                        -0.4921875,
                        -0.10107421875,
                        -0.365234375,
                        0.0272216796875,
                        -0.236328125,
                        0.1552734375,
                        -0.76171875,
                        0.283203125,
                        -0.6328125,
                        0.412109375);
        assertThat(rounded(merged(new RoundedSlerp(0.3, 0), BASE, BASE))).containsExactly(BASE); // nearly parallel
    }

    /** Numbers that bfloat16 holds, with another course for each model. */
    private static double[] place(int model) {
        double[] values = new double[BASE.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = ((i * (37 + 11 * model) + 13 * model) % 97 - 48) / 64.0;
        }
        return values;
    }

    private static double[] rounded(double[] values) {
        return Arrays.stream(values).map(BF16::of).toArray();
    }

    @Test
    void dellasProbabilities() {
        double[] probabilities = new double[WIDTH];
        double[] delta = {1, 2, 3, 4, 5, 6};
        new DellaProbability(0.5, 0.15, WIDTH, 1, BF16).of(delta, WIDTH, probabilities);
        assertThat(probabilities).containsExactly(0.349609375, 0.41015625, 0.46875, 0.53125, 0.58984375, 0.6484375);
    }
}
