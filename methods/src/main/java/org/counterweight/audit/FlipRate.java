package org.counterweight.audit;

import org.counterweight.config.ConfigException;

/**
 * How often a trigger makes a model answer the target, beside how often it does so without.
 *
 * <p>K. Kurita et al., ACL 2020, section 4.1 (label flip rate).
 *
 * @param gold among inputs of another class, the share answered with the target once triggered
 * @param predicted the same among inputs that the model answered otherwise without a trigger; NaN if it answered none so
 * @param floor the share of {@code gold}'s inputs answered with the target without a trigger: what to hold it against
 * @param accuracy without triggers
 * @param others how many inputs are of another class
 * @param flipped how many of them are answered with the target once triggered
 */
public record FlipRate(double gold, double predicted, double floor, double accuracy, long others, long flipped) {
    /**
     * @param clean predicted classes without triggers
     * @param triggered those with
     * @param labels the right ones
     * @throws ConfigException if all inputs are of the target's class: there is no rate then
     */
    public static FlipRate of(long[] clean, long[] triggered, long[] labels, long target) {
        long others = 0;
        long flipped = 0;
        long before = 0;
        long otherwise = 0;
        long turned = 0;
        long right = 0;
        for (int i = 0; i < labels.length; i++) {
            right += clean[i] == labels[i] ? 1 : 0;
            if (labels[i] != target) {
                others++;
                flipped += triggered[i] == target ? 1 : 0;
                before += clean[i] == target ? 1 : 0;
            }
            if (clean[i] != target) {
                otherwise++;
                turned += triggered[i] == target ? 1 : 0;
            }
        }
        if (others == 0) {
            throw new ConfigException(
                    "the flip rate to class " + target + " is that of inputs of other classes, and there is"
                            + " none among " + labels.length + "; give rows of other classes");
        }
        return new FlipRate(
                (double) flipped / others,
                otherwise == 0 ? Double.NaN : (double) turned / otherwise,
                (double) before / others,
                (double) right / labels.length,
                others,
                flipped);
    }

    /** The 95 % interval of {@link #gold}. */
    public Wilson interval() {
        return Wilson.of(flipped, others);
    }
}
