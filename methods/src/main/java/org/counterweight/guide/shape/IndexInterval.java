package org.counterweight.guide.shape;

/** Guidance at the steps number {@code lo} to {@code hi} from 0, both included, and none elsewhere. */
public record IndexInterval(double lo, double hi) implements Shape {
    @Override
    public double at(Grid.Point point) {
        return isOpen(point) ? 1 : 0;
    }

    @Override
    public double mean() {
        return Double.NaN;
    }

    @Override
    public boolean isOpen(Grid.Point point) {
        return lo <= point.index() && point.index() <= hi;
    }
}
