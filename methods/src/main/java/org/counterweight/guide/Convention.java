package org.counterweight.guide;

/** What a guidance weight multiplies. The two differ by one, and a weight of one read as the other is another sampler. */
public enum Convention {
    /** {@code e_c + w (e_c - e_u)}: J. Ho and T. Salimans, 2022, and the paper. */
    OMEGA(0),
    /** {@code e_u + g (e_c - e_u)}: Imagen, diffusers and most programs; g = 1 + w. */
    SCALE(1);

    private final double neutral;

    Convention(double neutral) {
        this.neutral = neutral;
    }

    /** The weight that leaves the conditional prediction as it is. */
    public double neutral() {
        return neutral;
    }

    /**
     * Whether the weight is that, within 1e-6: a sampler then does not ask for the prediction without the condition. A rule that
     * has both predictions goes by {@link #leavesConditional}.
     */
    public boolean isNeutral(double weight) {
        return Math.abs(weight - neutral) <= 1e-6;
    }

    /** Whether the weight is neutral but for rounding, so that the conditional prediction stays as it is, to the bit. */
    public boolean leavesConditional(double weight) {
        return Math.abs(weight - neutral) <= 1e-9 * Math.max(Math.abs(weight), neutral);
    }

    /** Whether the weight leaves the unconditional prediction alone, within 1e-6: the other is then not needed. */
    public boolean isUnconditional(double weight) {
        return Math.abs(weight - neutral + 1) <= 1e-6;
    }

    /** The same guidance in the other's numbers. */
    public double to(Convention other, double weight) {
        return weight - neutral + other.neutral;
    }
}
