package org.counterweight.reweigh.loss;

import java.util.List;
import org.counterweight.config.ConfigException;

/** How the temperature r goes with the steps: near uniform weights at first, sharper later. */
@FunctionalInterface
public interface Sharpness {
    /** r of the step before which {@code step} steps were taken; positive. */
    double at(long step);

    /** The same throughout. */
    static Sharpness constant(double r) {
        positive("r", r);
        return step -> r;
    }

    /** {@code first} for this many steps, then {@code r}; the large-scale code's schedule. */
    static Sharpness warmup(double first, long steps, double r) {
        positive("r_warmup", first);
        positive("r", r);
        return step -> step < steps ? first : r;
    }

    /**
     * {@code values[0]}, and {@code values[k + 1]} once the step is beyond {@code boundaries[k]}.
     *
     * @param boundaries increasing
     * @param values one more than boundaries
     */
    static Sharpness piecewise(List<Long> boundaries, List<Double> values) {
        if (values.size() != boundaries.size() + 1) {
            throw new ConfigException(
                    "temperature.values", values, (boundaries.size() + 1) + " numbers, one more than boundaries");
        }
        for (int i = 1; i < boundaries.size(); i++) {
            if (boundaries.get(i) <= boundaries.get(i - 1)) {
                throw new ConfigException("temperature.boundaries", boundaries, "increasing steps");
            }
        }
        values.forEach(r -> positive("values", r));
        return step -> {
            int k = 0;
            while (k < boundaries.size() && step > boundaries.get(k)) {
                k++;
            }
            return values.get(k);
        };
    }

    /** Along a straight line from (start, r0) to (end, r1), constant outside. */
    static Sharpness linear(long start, double r0, long end, double r1) {
        return between(start, r0, end, r1, p -> r0 + (r1 - r0) * p);
    }

    /** Along a geometric line. */
    static Sharpness exponential(long start, double r0, long end, double r1) {
        return between(start, r0, end, r1, p -> r0 * Math.pow(r1 / r0, p));
    }

    /** Along half a cosine. */
    static Sharpness cosine(long start, double r0, long end, double r1) {
        return between(start, r0, end, r1, p -> r1 + (r0 - r1) * (1 + Math.cos(Math.PI * p)) / 2);
    }

    private static Sharpness between(
            long start, double r0, long end, double r1, java.util.function.DoubleUnaryOperator path) {
        positive("r0", r0);
        positive("r1", r1);
        if (end <= start) {
            throw new ConfigException("temperature.end", end, "a step after temperature.start, " + start);
        }
        return step -> path.applyAsDouble(Math.min(1, Math.max(0, (double) (step - start) / (end - start))));
    }

    private static void positive(String field, double r) {
        if (!(r > 0) || Double.isInfinite(r)) {
            throw new ConfigException("temperature." + field, r, "a number above 0 (0.3 to 2 is usual)");
        }
    }
}
