package org.counterweight.edit.index;

import java.util.Arrays;

/** Keys that are left to be measured: those of which {@link Panels} cannot tell that they are too far. */
final class Nearby {
    private int size;
    private int[] places = new int[32];
    private double[] inverses = new double[32];
    private float[] sums = new float[32];

    void add(int place, double inverse, float sum) {
        if (size == places.length) {
            places = Arrays.copyOf(places, 2 * size);
            inverses = Arrays.copyOf(inverses, 2 * size);
            sums = Arrays.copyOf(sums, 2 * size);
        }
        places[size] = place;
        inverses[size] = inverse;
        sums[size] = sum;
        size++;
    }

    int size() {
        return size;
    }

    /** Where its key stands in the codebook. */
    int place(int i) {
        return places[i];
    }

    /** What its key is multiplied by to be its point. */
    double inverse(int i) {
        return inverses[i];
    }

    /** What its squared distance is at least, but for rounding. */
    float sum(int i) {
        return sums[i];
    }

    /** The one that is likely to be nearest comes first: once it is measured, few others need be. */
    void putNearestFirst() {
        int least = 0;
        for (int i = 1; i < size; i++) {
            if (sums[i] < sums[least]) {
                least = i;
            }
        }
        if (least > 0) {
            int place = places[least];
            double inverse = inverses[least];
            float sum = sums[least];
            places[least] = places[0];
            inverses[least] = inverses[0];
            sums[least] = sums[0];
            places[0] = place;
            inverses[0] = inverse;
            sums[0] = sum;
        }
    }
}
