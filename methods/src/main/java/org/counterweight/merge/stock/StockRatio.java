package org.counterweight.merge.stock;

import static org.bytedeco.pytorch.global.torch.acos;
import static org.bytedeco.pytorch.global.torch.where;
import static org.counterweight.engine.Tensors.longs;
import static org.counterweight.engine.Tensors.mean;
import static org.counterweight.engine.Tensors.plus;
import static org.counterweight.engine.Tensors.scalar;
import static org.counterweight.engine.Tensors.sum;
import static org.counterweight.engine.Tensors.times;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.merge.Agreement;
import org.counterweight.merge.stock.ModelStockConfig.Average;
import org.counterweight.merge.stock.ModelStockConfig.Eps;
import org.counterweight.merge.stock.ModelStockConfig.Ratio;

/**
 * How far from the anchor towards the mean of k fine-tuned models a group of weights should lie: t = k cos θ / (1 + (k − 1)
 * cos θ), θ the angle between the models' deltas. All tensors are float64 of one entry a group.
 *
 * <p>D.-H. Jang, S. Yun, D. Han, "Model Stock: All we need is just a few fine-tuned models", ECCV 2024, section 4; the
 * official code and mergekit differ in what they add to small norms, see {@link ModelStockConfig#eps}.
 *
 * @param norms ‖w_i − w_0‖, {@code [groups, k]}
 * @param cosine cos θ, {@code [groups]}
 * @param degrees θ in degrees, {@code [groups]}
 * @param ratio t, {@code [groups]}
 * @param clamped where the bounds changed t, or t has no value for deltas so opposed, bool {@code [groups]}
 */
public record StockRatio(Tensor norms, Tensor cosine, Tensor degrees, Tensor ratio, Tensor clamped) {
    private static final double SINGULAR = 1e-6;
    private static final double OFFICIAL_EPS = 1e-8;
    private static final double MERGEKIT_EPS = 1e-6;

    /**
     * @param gram the deltas' inner products, float64 {@code [groups, k, k]} (see {@link Gram})
     */
    public static StockRatio of(ModelStockConfig config, Tensor gram) {
        int k = Math.toIntExact(gram.size(1));
        Agreement.atLeast("model_stock", 2, k);
        try (var scope = Scope.open()) {
            Tensor norms = gram.diagonal(0, 1, 2).sqrt(); // [groups, k]
            Tensor cosines = pairs(gram.div(product(config.eps(), norms)), k)
                    .clamp(new ScalarOptional(scalar(-1)), new ScalarOptional(scalar(1))); // rounding can push past 1
            Tensor angle =
                    config.average() == Average.ANGLE ? mean(acos(cosines), false, 1) : acos(mean(cosines, false, 1));
            Tensor cosine = config.average() == Average.ANGLE ? angle.cos() : mean(cosines, false, 1);
            Tensor bare = config.ratio() == Ratio.FORMULA ? formula(config, cosine, k) : projection(gram, k);
            Tensor t = config.ratio() == Ratio.FORMULA ? guarded(config, bare, cosine, k) : bare;
            Tensor bounded = config.clampT() == null
                    ? t
                    : t.clamp(
                            new ScalarOptional(scalar(config.clampT().get(0))),
                            new ScalarOptional(scalar(config.clampT().get(1))));
            return new StockRatio(
                    scope.keep(norms),
                    scope.keep(cosine),
                    scope.keep(times(angle, 180 / Math.PI)),
                    scope.keep(bounded),
                    scope.keep(bounded.ne(bare)));
        }
    }

    private static Tensor product(Eps eps, Tensor norms) {
        Tensor product = norms.unsqueeze(2).mul(norms.unsqueeze(1)); // [groups, k, k]
        return switch (eps) {
            case EXACT -> where(product.eq(scalar(0)), scalar(1), product);
            case OFFICIAL -> plus(product, OFFICIAL_EPS);
            case MERGEKIT -> product.clamp_min(scalar(MERGEKIT_EPS));
        };
    }

    /** The entries above the diagonal: {@code [groups, k, k] -> [groups, k (k − 1) / 2]}. */
    private static Tensor pairs(Tensor matrix, int k) {
        long[] above = IntStream.range(0, k * k)
                .filter(i -> i / k < i % k)
                .mapToLong(i -> i)
                .toArray();
        return matrix.reshape(matrix.size(0), (long) k * k).index_select(1, Tensors.to(longs(above), matrix.device()));
    }

    /** k cos θ / (1 + (k − 1) cos θ), whatever becomes of it where the deltas are opposed. */
    private static Tensor formula(ModelStockConfig config, Tensor cosine, int k) {
        return times(cosine, k).div(denominator(config, cosine, k));
    }

    private static Tensor denominator(ModelStockConfig config, Tensor cosine, int k) {
        Tensor denominator = plus(times(cosine, k - 1), 1);
        return config.eps() == Eps.OFFICIAL ? plus(denominator, OFFICIAL_EPS) : denominator;
    }

    /** The lower bound where cos θ is at or below −1 / (k − 1), and the formula has a pole or has passed it. */
    private static Tensor guarded(ModelStockConfig config, Tensor t, Tensor cosine, int k) {
        boolean asOthersHaveIt = config.clampT() == null && config.eps() != Eps.EXACT;
        return asOthersHaveIt
                ? t
                : where(denominator(config, cosine, k).le(scalar(SINGULAR)), scalar(config.lowest()), t);
    }

    /** The coefficient of the centre's projection on the mean delta: ⟨δ_i, δ_j⟩ over the pairs, divided by ‖mean δ‖². */
    private static Tensor projection(Tensor gram, int k) {
        Tensor square = times(sum(gram, false, 1, 2), 1.0 / ((double) k * k));
        return where(
                square.le(scalar(0)), scalar(0), mean(pairs(gram, k), false, 1).div(square));
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
