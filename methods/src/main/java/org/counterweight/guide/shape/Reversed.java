package org.counterweight.guide.shape;

/** A shape turned round, as an extension of web interfaces has them: it reads formulas of the time with the step's number. */
public record Reversed(Shape shape) implements Shape {
    @Override
    public double at(Grid.Point point) {
        return shape.at(point.at(1 - point.u()));
    }

    @Override
    public double mean() {
        return shape.mean();
    }

    @Override
    public boolean isOpen(Grid.Point point) {
        return shape.isOpen(point);
    }
}
