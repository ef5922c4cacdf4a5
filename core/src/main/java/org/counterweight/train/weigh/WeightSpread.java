package org.counterweight.train.weigh;

/**
 * How uneven the weights of some rows are, and how far apart their losses.
 *
 * @param effectiveRows 1 / Σ w²: M when all are equal, 1 when one row has everything
 * @param entropy −Σ w log w, in nats
 * @param largest M · max w: how often the heaviest row counts for an average one
 */
public record WeightSpread(double effectiveRows, double entropy, double largest, double minLoss, double maxLoss) {
    /**
     * @param weights not negative; only their proportions count, and where all are 0 no row has any effect
     * @param losses of the same rows
     */
    public static WeightSpread of(double[] weights, double[] losses) {
        double sum = 0;
        for (double weight : weights) {
            sum += weight;
        }
        double squares = 0;
        double entropy = 0;
        double largest = 0;
        double min = Double.POSITIVE_INFINITY;
        double max = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < weights.length; i++) {
            double w = sum == 0 ? 0 : weights[i] / sum;
            squares += w * w;
            entropy -= w > 0 ? w * Math.log(w) : 0;
            largest = Math.max(largest, w);
            min = Math.min(min, losses[i]);
            max = Math.max(max, losses[i]);
        }
        return new WeightSpread(sum == 0 ? 0 : 1 / squares, entropy, weights.length * largest, min, max);
    }
}
