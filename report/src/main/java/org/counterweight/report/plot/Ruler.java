package org.counterweight.report.plot;

import java.util.List;

/** From values to places in a picture. */
interface Ruler {
    /** Where a value lies; NaN if it has no place. */
    double at(double value);

    /** The values that are labelled. */
    List<Double> ticks();

    /** How a tick is written. */
    String label(double tick);
}
