package org.counterweight.merge.stock;

import org.counterweight.merge.stock.ModelStockConfig.Average;
import org.counterweight.merge.stock.ModelStockConfig.Eps;
import org.counterweight.merge.stock.ModelStockConfig.Ratio;

/**
 * t = k cos θ / (1 + (k − 1) cos θ) for one group of weights, from the inner products of its k deltas; in plain Java, for
 * tensors and for files alike.
 *
 * <p>D.-H. Jang, S. Yun, D. Han, "Model Stock: All we need is just a few fine-tuned models", ECCV 2024, section 4; the
 * official code and mergekit differ in what they add to small norms, see {@link ModelStockConfig#eps}.
 */
record StockFormula(ModelStockConfig config) {
    private static final double SINGULAR = 1e-6;
    private static final double OFFICIAL_EPS = 1e-8;
    private static final double MERGEKIT_EPS = 1e-6;

    /**
     * What the inner products say.
     *
     * @param cosine cos θ
     * @param angle θ, in radians
     * @param bare t as the formula has it, whatever becomes of it where the deltas are opposed
     * @param ratio t, bounded
     */
    record Found(double cosine, double angle, double bare, double ratio) {}

    /** @param gram ⟨δ_i, δ_j⟩, {@code [k][k]}, of which the part on and above the diagonal is read */
    Found of(double[][] gram) {
        int k = gram.length;
        double cosines = 0;
        double angles = 0;
        for (int i = 0; i < k; i++) {
            for (int j = i + 1; j < k; j++) {
                double norms = norms(Math.sqrt(gram[i][i]) * Math.sqrt(gram[j][j]));
                double cosine = Math.max(-1, Math.min(1, gram[i][j] / norms)); // rounding can push past 1
                cosines += cosine;
                angles += Math.acos(cosine);
            }
        }
        double pairs = k * (k - 1) / 2.0;
        boolean byAngle = config.average() == Average.ANGLE;
        double cosine = byAngle ? Math.cos(angles / pairs) : cosines / pairs;
        double angle = byAngle ? angles / pairs : Math.acos(cosine);
        double denominator = 1 + (k - 1) * cosine + (config.eps() == Eps.OFFICIAL ? OFFICIAL_EPS : 0);
        double bare = config.ratio() == Ratio.FORMULA ? k * cosine / denominator : projection(gram);
        return new Found(cosine, angle, bare, bounded(guarded(bare, denominator)));
    }

    /** t alone. */
    double ratio(double[][] gram) {
        return of(gram).ratio();
    }

    private double norms(double product) {
        return switch (config.eps()) {
            case EXACT -> product == 0 ? 1 : product;
            case OFFICIAL -> product + OFFICIAL_EPS;
            case MERGEKIT -> Math.max(product, MERGEKIT_EPS);
        };
    }

    /** The lower bound where cos θ is at or below −1 / (k − 1), and the formula has a pole or has passed it. */
    private double guarded(double bare, double denominator) {
        boolean asOthersHaveIt = config.clampT() == null && config.eps() != Eps.EXACT;
        return config.ratio() == Ratio.FORMULA && !asOthersHaveIt && denominator <= SINGULAR ? config.lowest() : bare;
    }

    private double bounded(double t) {
        return config.clampT() == null
                ? t
                : Math.max(config.clampT().get(0), Math.min(config.clampT().get(1), t));
    }

    /** The coefficient of the centre's projection on the mean delta: ⟨δ_i, δ_j⟩ over the pairs, divided by ‖mean δ‖². */
    private static double projection(double[][] gram) {
        int k = gram.length;
        double products = 0;
        double squares = 0;
        for (int i = 0; i < k; i++) {
            squares += gram[i][i];
            for (int j = i + 1; j < k; j++) {
                products += gram[i][j];
            }
        }
        double square = (squares + 2 * products) / ((double) k * k);
        return square <= 0 ? 0 : products / (k * (k - 1) / 2.0) / square;
    }
}
