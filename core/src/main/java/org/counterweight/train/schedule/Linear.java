package org.counterweight.train.schedule;

/** Down to 0 along a straight line. */
public record Linear() implements Schedule {
    @Override
    public double factor(Point at) {
        return 1 - at.progress();
    }
}
