package org.counterweight.report.plot;

/** What is drawn in a {@link Plot}; each has a colour of its own, and a name that the legend tells. */
public sealed interface Mark {
    String name();

    /**
     * A curve.
     *
     * @param x rising, or in the order in which points are joined
     * @param y one a point
     * @param low where the spread of each point begins; empty if it has none
     * @param high where it ends
     * @param points whether each point is to be seen, and its spread as a whisker; else the spread is a band
     */
    record Line(String name, double[] x, double[] y, double[] low, double[] high, boolean points) implements Mark {
        /** Without spread. */
        public static Line of(String name, double[] x, double[] y, boolean points) {
            return new Line(name, x, y, new double[0], new double[0], points);
        }
    }

    /**
     * A bar at each name of the x axis.
     *
     * @param heights may be NaN where there is no bar
     * @param whiskers how far each reaches up and down
     */
    record Bars(String name, double[] heights, double[] whiskers) implements Mark {}
}
