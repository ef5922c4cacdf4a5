package org.counterweight.guide.sample;

/**
 * How much noise there is: {@code x = a x_0 + b eps}.
 *
 * @param a what is left of the data
 * @param b the deviation of the noise
 */
public record Noise(double a, double b) {
    /** Of a variance-preserving model: {@code a = sqrt(abar)}, {@code b = sqrt(1 - abar)}. */
    public static Noise preserving(double abar) {
        return new Noise(Math.sqrt(abar), Math.sqrt(1 - abar));
    }

    /** Of EDM: data and noise of deviation sigma. */
    public static Noise exploding(double sigma) {
        return new Noise(1, sigma);
    }

    /** Of a flow along straight lines from data, t = 0, to noise, t = 1. */
    public static Noise straight(double t) {
        return new Noise(1 - t, t);
    }

    /** The level that intervals are given in, {@code b / a}. */
    public double sigma() {
        return b / a;
    }
}
