package org.counterweight.edit.codebook;

/** How far a query is from a key. */
public enum Distance {
    /** The Euclidean norm of the difference, taken from the difference itself: the expanded form loses split radii. */
    EUC {
        @Override
        public double between(double[] a, double[] b) {
            return within(a, b, Double.POSITIVE_INFINITY);
        }

        @Override
        public double within(double[] a, double[] b, double limit) {
            return Math.sqrt(squaredWithin(a, b, limit * limit * (1 + ROUNDING)));
        }
    },
    /** 1 − cos; 1 from a vector of length 0, which has no direction. */
    COS {
        @Override
        public double between(double[] a, double[] b) {
            double product = 0;
            double ofA = 0;
            double ofB = 0;
            for (int i = 0; i < a.length; i++) {
                product += a[i] * b[i];
                ofA += a[i] * a[i];
                ofB += b[i] * b[i];
            }
            double norms = Math.sqrt(ofA) * Math.sqrt(ofB);
            return norms == 0 ? 1 : 1 - product / norms;
        }
    };

    private static final int STRIDE = 32;

    /** More than squaring a limit loses. */
    private static final double ROUNDING = 1e-12;

    /** The distance of two vectors of one length; at least 0, but for rounding of cosines. */
    public abstract double between(double[] a, double[] b);

    /** The distance if it is at most {@code limit}; else it, or any other number above the limit. */
    public double within(double[] a, double[] b, double limit) {
        return between(a, b);
    }

    /**
     * ||a − b||², or some number above {@code limit} if it is above that: the sum only grows, so it is left as soon as it is.
     * Four sums side by side, in an order that does not depend on the limit.
     */
    private static double squaredWithin(double[] a, double[] b, double limit) {
        double s0 = 0;
        double s1 = 0;
        double s2 = 0;
        double s3 = 0;
        int i = 0;
        while (i + 4 <= a.length) {
            int end = Math.min(i + STRIDE, a.length & ~3);
            for (; i < end; i += 4) {
                double d0 = a[i] - b[i];
                double d1 = a[i + 1] - b[i + 1];
                double d2 = a[i + 2] - b[i + 2];
                double d3 = a[i + 3] - b[i + 3];
                s0 += d0 * d0;
                s1 += d1 * d1;
                s2 += d2 * d2;
                s3 += d3 * d3;
            }
            if ((s0 + s1) + (s2 + s3) > limit) {
                return (s0 + s1) + (s2 + s3);
            }
        }
        for (; i < a.length; i++) {
            double d = a[i] - b[i];
            s0 += d * d;
        }
        return (s0 + s1) + (s2 + s3);
    }
}
