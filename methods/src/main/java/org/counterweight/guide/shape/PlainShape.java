package org.counterweight.guide.shape;

import java.util.function.DoubleUnaryOperator;

/** Shapes without a parameter. */
public enum PlainShape implements Shape {
    /** The constant of ordinary guidance. */
    STATIC(1, u -> 1),
    /** Increases while sampling. */
    LINEAR(1, u -> 2 * (1 - u)),
    /** Increases. */
    COSINE(1, u -> 1 + Math.cos(Math.PI * u)),
    /** Decreases. */
    INVLINEAR(1, u -> 2 * u),
    /** Decreases: the cosine, turned round. */
    SINE(1, u -> 1 - Math.cos(Math.PI * u)),
    /** Falls, then rises. */
    VSHAPE(1, u -> 2 * Math.abs(1 - 2 * u)),
    /** Rises, then falls. */
    LAMBDA(1, u -> 2 * (1 - Math.abs(1 - 2 * u))),
    /** What an extension of web interfaces calls V: it rises to the weight and falls, with half its mean. */
    WEBUI_V(0.5, u -> Math.min(2 * u, 2 * (1 - u))),
    /** What that extension calls A: it falls from twice the weight and rises, with 3/2 of its mean. */
    WEBUI_A(1.5, u -> Math.max(2 * u, 2 * (1 - u)));

    private final double mean;
    private final DoubleUnaryOperator factor;

    PlainShape(double mean, DoubleUnaryOperator factor) {
        this.mean = mean;
        this.factor = factor;
    }

    @Override
    public double at(Grid.Point point) {
        return factor.applyAsDouble(point.u());
    }

    @Override
    public double mean() {
        return mean;
    }
}
