package org.counterweight.report.plot;

import java.util.List;
import java.util.stream.IntStream;

/**
 * A curve or dots where they are drawn, in the units of the picture. Of several that coincide only the last would be seen:
 * {@link #above} says which these are, so that the earlier ones can be drawn wider and paler.
 *
 * @param x in the order in which points are joined
 * @param y one a point
 */
public record Trace(double[] x, double[] y, Stroke stroke) {
    /** How pale a curve is drawn that others cover. */
    public static final double PALE = 0.4;

    /** Nearer than this a curve of the usual width hides what is under it. */
    private static final double NEAR = 1.5;

    /** Points of a curve that are looked at: of a long one some, since each is held against all of another. */
    private static final int ENOUGH = 100;

    /** How points are drawn. */
    public enum Stroke {
        SOLID,
        DASHES,
        DOTS;

        /** Between dashes and beside dots what lies under them is seen. */
        private boolean hides(Stroke earlier) {
            return this == earlier || (this == SOLID && earlier == DASHES);
        }
    }

    /** How wide a line, or a dot, is drawn that so many later ones cover. */
    public static double width(double usual, int above) {
        return usual + 4.4 * above;
    }

    /** Of each trace how many of those after it cover half of its points or more; they are drawn in this order. */
    public static int[] above(List<Trace> traces) {
        return IntStream.range(0, traces.size())
                .map(i -> (int) traces.subList(i + 1, traces.size()).stream()
                        .filter(later -> later.hides(traces.get(i)))
                        .count())
                .toArray();
    }

    private boolean hides(Trace earlier) {
        if (!stroke.hides(earlier.stroke)) {
            return false;
        }
        int[] asked = IntStream.iterate(0, i -> i < earlier.x.length, i -> i + Math.max(1, earlier.x.length / ENOUGH))
                .toArray();
        long hidden = IntStream.of(asked)
                .filter(i -> distance(earlier.x[i], earlier.y[i]) < NEAR)
                .count();
        return hidden > 0 && 2 * hidden >= asked.length;
    }

    private double distance(double px, double py) {
        double nearest = Double.POSITIVE_INFINITY;
        for (int i = 0; i < x.length; i++) {
            int from = stroke == Stroke.DOTS || i == 0 ? i : i - 1;
            nearest = Math.min(nearest, distance(px, py, from, i));
        }
        return nearest;
    }

    /** From a point to the stretch between two points. */
    private double distance(double px, double py, int from, int to) {
        double dx = x[to] - x[from];
        double dy = y[to] - y[from];
        double length = dx * dx + dy * dy;
        double along = length == 0 ? 0 : ((px - x[from]) * dx + (py - y[from]) * dy) / length;
        double on = Math.max(0, Math.min(1, along));
        return Math.hypot(px - x[from] - on * dx, py - y[from] - on * dy);
    }
}
