package org.counterweight.audit;

/**
 * The 95 % interval of a share that was counted: E. B. Wilson, "Probable Inference, the Law of Succession, and Statistical
 * Inference", JASA 1927. It is of use also where the share is 0 or 1, and the count small.
 */
public record Wilson(double low, double high) {
    private static final double Z = 1.959963984540054;

    /** @param of at least 1 */
    public static Wilson of(long hits, long of) {
        if (of < 1 || hits < 0 || hits > of) {
            throw new IllegalArgumentException(hits + " of " + of + " is no share");
        }
        double p = (double) hits / of;
        double z2 = Z * Z / of;
        double centre = (p + z2 / 2) / (1 + z2);
        double half = Z * Math.sqrt(p * (1 - p) / of + z2 / (4 * of)) / (1 + z2);
        return new Wilson(hits == 0 ? 0 : centre - half, hits == of ? 1 : centre + half);
    }
}
