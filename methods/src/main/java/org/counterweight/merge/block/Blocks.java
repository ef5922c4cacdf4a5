package org.counterweight.merge.block;

/** What merges do with whole blocks. Each is one plain loop, which the compiler turns into vector instructions. */
public final class Blocks {
    private Blocks() {}

    /** result = factor · x. */
    public static void scale(double[] x, double factor, int count, double[] result) {
        for (int i = 0; i < count; i++) {
            result[i] = x[i] * factor;
        }
    }

    /** result += factor · x. */
    public static void add(double[] x, double factor, int count, double[] result) {
        for (int i = 0; i < count; i++) {
            result[i] += x[i] * factor;
        }
    }

    /** result += factor · (x − y). */
    public static void addDifference(double[] x, double[] y, double factor, int count, double[] result) {
        for (int i = 0; i < count; i++) {
            result[i] += (x[i] - y[i]) * factor;
        }
    }

    /** result = x + factor · (y − x). */
    public static void interpolate(double[] x, double[] y, double factor, int count, double[] result) {
        for (int i = 0; i < count; i++) {
            result[i] = x[i] + (y[i] - x[i]) * factor;
        }
    }

    /**
     * sums += (x − z)(y − z), element by element: ⟨x − z, y − z⟩ over many blocks, of which only the last sum is no vector
     * instruction.
     */
    public static void addProductsOfDifferences(double[] x, double[] y, double[] z, int count, double[] sums) {
        for (int i = 0; i < count; i++) {
            sums[i] += (x[i] - z[i]) * (y[i] - z[i]);
        }
    }

    /** sums += x · y, element by element; as above, of vectors from the origin. */
    public static void addProducts(double[] x, double[] y, int count, double[] sums) {
        for (int i = 0; i < count; i++) {
            sums[i] += x[i] * y[i];
        }
    }

    /** x −= y. */
    public static void subtract(double[] y, int count, double[] x) {
        for (int i = 0; i < count; i++) {
            x[i] -= y[i];
        }
    }

    /** ⟨x, y⟩ over {@code count} elements from index {@code at} on; four sums at a time, since each waits for its last. */
    public static double dot(double[] x, double[] y, int at, int count) {
        double first = 0;
        double second = 0;
        double third = 0;
        double fourth = 0;
        int i = at;
        for (int end = at + count - 3; i < end; i += 4) {
            first += x[i] * y[i];
            second += x[i + 1] * y[i + 1];
            third += x[i + 2] * y[i + 2];
            fourth += x[i + 3] * y[i + 3];
        }
        for (; i < at + count; i++) {
            first += x[i] * y[i];
        }
        return first + second + (third + fourth);
    }

    /** Σ|x|. */
    public static double sumOfMagnitudes(double[] x, int count) {
        double sum = 0;
        for (int i = 0; i < count; i++) {
            sum += Math.abs(x[i]);
        }
        return sum;
    }
}
