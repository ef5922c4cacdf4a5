package org.counterweight.merge.stock;

import static org.counterweight.engine.Tensors.doubles;
import static org.counterweight.engine.Tensors.longs;

import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.merge.Agreement;

/**
 * How far from the anchor towards the mean of k fine-tuned models a group of weights should lie: t = k cos θ / (1 + (k − 1)
 * cos θ), θ the angle between the models' deltas ({@link StockFormula}). All tensors are float64 of one entry a group, and
 * lie on the processor.
 *
 * @param norms ‖w_i − w_0‖, {@code [groups, k]}
 * @param cosine cos θ, {@code [groups]}
 * @param degrees θ in degrees, {@code [groups]}
 * @param ratio t, {@code [groups]}
 * @param clamped where the bounds changed t, or t has no value for deltas so opposed, bool {@code [groups]}
 */
public record StockRatio(Tensor norms, Tensor cosine, Tensor degrees, Tensor ratio, Tensor clamped) {
    /**
     * @param gram the deltas' inner products, float64 {@code [groups, k, k]} (see {@link Gram})
     */
    public static StockRatio of(ModelStockConfig config, Tensor gram) {
        int groups = Math.toIntExact(gram.size(0));
        int k = Math.toIntExact(gram.size(1));
        Agreement.atLeast("model_stock", 2, k);
        double[] products = Tensors.toDoubles(gram);
        double[] norms = new double[groups * k];
        double[] cosines = new double[groups];
        double[] degrees = new double[groups];
        double[] ratios = new double[groups];
        long[] clamped = new long[groups];
        double[][] group = new double[k][k];
        for (int g = 0; g < groups; g++) {
            for (int i = 0; i < k; i++) {
                System.arraycopy(products, (g * k + i) * k, group[i], 0, k);
                norms[g * k + i] = Math.sqrt(group[i][i]);
            }
            StockFormula.Found found = new StockFormula(config).of(group);
            cosines[g] = found.cosine();
            degrees[g] = Math.toDegrees(found.angle());
            ratios[g] = found.ratio();
            clamped[g] = found.ratio() == found.bare() ? 0 : 1;
        }
        return new StockRatio(
                doubles(norms, groups, k),
                doubles(cosines),
                doubles(degrees),
                doubles(ratios),
                longs(clamped).to(ScalarType.Bool));
    }

    /** How many groups. */
    public long groups() {
        return ratio.numel();
    }

    /** How many ratios the bounds changed. */
    public long clampedGroups() {
        try (var scope = Scope.open()) {
            return clamped.sum().item_long();
        }
    }

    /** The mean of the ratios. */
    public double meanRatio() {
        double[] all = Tensors.toDoubles(ratio);
        return Arrays.stream(all).average().orElse(Double.NaN);
    }
}
