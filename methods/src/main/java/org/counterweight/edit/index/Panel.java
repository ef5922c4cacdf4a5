package org.counterweight.edit.index;

import java.util.Arrays;

/**
 * Some keys that lie near each other, as {@link Panels} sees them: numbers of one coordinate side by side, so that all keys are
 * looked at with the processor's vectors.
 *
 * @param places of the keys in the codebook, {@code [keys]}
 * @param inverses what each key is multiplied by to be its point, {@code [keys]}
 * @param columns {@code [coordinates][keys]}
 * @param low the least number of each column
 * @param high the largest
 */
record Panel(int[] places, double[] inverses, float[][] columns, float[] low, float[] high) {
    /** So many keys at most: two looks at a column of them stay in the nearest cache. */
    static final int KEYS = 256;

    /** Coordinates that tell of most keys that they are far. */
    static final int FIRST = 16;

    static Panel of(int[] places, double[] inverses, float[][] columns) {
        float[] low = new float[columns.length];
        float[] high = new float[columns.length];
        for (int c = 0; c < columns.length; c++) {
            low[c] = Float.POSITIVE_INFINITY;
            high[c] = Float.NEGATIVE_INFINITY;
            for (float number : columns[c]) {
                low[c] = Math.min(low[c], number); // NaN of NaN
                high[c] = Math.max(high[c], number);
            }
        }
        return new Panel(places, inverses, columns, low, high);
    }

    int size() {
        return places.length;
    }

    /** With one key more. */
    Panel with(int place, double inverse, float[] point) {
        int size = size();
        float[][] wider = new float[columns.length][];
        float[] least = low.clone();
        float[] largest = high.clone();
        for (int c = 0; c < wider.length; c++) {
            wider[c] = Arrays.copyOf(columns[c], size + 1);
            wider[c][size] = point[c];
            least[c] = Math.min(least[c], point[c]);
            largest[c] = Math.max(largest[c], point[c]);
        }
        int[] more = Arrays.copyOf(places, size + 1);
        more[size] = place;
        double[] scales = Arrays.copyOf(inverses, size + 1);
        scales[size] = inverse;
        return new Panel(more, scales, wider, least, largest);
    }

    /**
     * Adds to {@code near} the keys whose numbers do not tell that they are too far.
     *
     * @param query its numbers, one a column
     * @param most of the sum of squared differences
     * @param sums room for {@link #KEYS} of them
     */
    void look(float[] query, float most, float[] sums, Nearby near) {
        if (isBeyond(query, most)) {
            return;
        }
        Arrays.fill(sums, 0, size(), 0);
        int first = Math.min(FIRST, columns.length);
        add(query, 0, first, sums);
        if (first < columns.length && next(0, sums, most) < size()) {
            add(query, first, columns.length, sums);
        }
        for (int i = next(0, sums, most); i < size(); i = next(i + 1, sums, most)) {
            near.add(places[i], inverses[i], sums[i]);
        }
    }

    /** Whether all of the keys lie too far, by the box around them. */
    private boolean isBeyond(float[] query, float most) {
        float sum = 0;
        for (int c = 0; c < Math.min(FIRST, columns.length); c++) {
            float gap = Math.max(0, Math.max(low[c] - query[c], query[c] - high[c]));
            sum += gap * gap;
        }
        return sum > most;
    }

    private void add(float[] query, int from, int to, float[] sums) {
        for (int c = from; c < to; c++) {
            add(columns[c], query[c], sums);
        }
    }

    /** A loop of its own, as the compiler turns it into vectors. */
    private static void add(float[] column, float number, float[] sums) {
        for (int i = 0; i < column.length; i++) {
            float difference = column[i] - number;
            sums[i] += difference * difference;
        }
    }

    /** The first key from there on that is not too far; a sum that is no number tells nothing. */
    private int next(int from, float[] sums, float most) {
        int i = from;
        while (i < size() && sums[i] > most) {
            i++;
        }
        return i;
    }
}
