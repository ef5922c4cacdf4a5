package org.counterweight.train.schedule;

/** 1 throughout. */
public record Constant() implements Schedule {
    @Override
    public double factor(Point at) {
        return 1;
    }
}
