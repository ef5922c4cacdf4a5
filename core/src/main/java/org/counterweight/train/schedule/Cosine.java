package org.counterweight.train.schedule;

/** Down to 0 along half a cosine. */
public record Cosine() implements Schedule {
    @Override
    public double factor(Point at) {
        return 0.5 * (1 + Math.cos(Math.PI * at.progress()));
    }
}
