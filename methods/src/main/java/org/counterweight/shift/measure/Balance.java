package org.counterweight.shift.measure;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Tensors;
import org.counterweight.shift.Chunk;
import org.counterweight.shift.Sums;
import org.counterweight.shift.Weights;
import org.jspecify.annotations.Nullable;

/**
 * How alike two samples are, feature by feature, without weights and with them: the difference of the means in units of the
 * standard deviation of the unweighted samples, √((s₁² + s₂²) / 2).
 *
 * <p>P. C. Austin and E. A. Stuart, "Moving towards best practice when using inverse probability of treatment weighting",
 * Statistics in Medicine 2015. Below 0.1 is usually called balanced.
 *
 * @param features in the order of the largest difference before
 */
public record Balance(List<Feature> features) {
    /** One feature's differences; NaN where a sample is empty or the feature constant in both and different. */
    public record Feature(String name, double before, double after) {}

    public Balance {
        features = List.copyOf(features);
    }

    /** The largest absolute difference without weights; 0 if there are no features. */
    public double worstBefore() {
        return features.stream()
                .mapToDouble(feature -> Math.abs(feature.before))
                .max()
                .orElse(0);
    }

    /** The largest absolute difference with weights. */
    public double worstAfter() {
        return features.stream()
                .mapToDouble(feature -> Math.abs(feature.after))
                .max()
                .orElse(0);
    }

    /**
     * Sums of weights {@code [4]}, of weighted features {@code [4, d]} and of their squares {@code [4, d]}: both samples, each
     * without weights and with them.
     */
    public record Moments(double[] weights, double[] sums, double[] squares) {}

    /**
     * The sums of a balance.
     *
     * @param names of the features
     * @param compared how the rows of a chunk count; null where they count in no sample
     */
    public static Sums<Moments, Balance> of(List<String> names, Function<Chunk, Weights.@Nullable Compared> compared) {
        return new OfChunks(List.copyOf(names), compared);
    }

    private record OfChunks(List<String> names, Function<Chunk, Weights.@Nullable Compared> compared)
            implements Sums<Moments, Balance> {
        @Override
        public Moments zero() {
            return new Moments(new double[4], new double[4 * names.size()], new double[4 * names.size()]);
        }

        @Override
        public Moments add(Moments sum, Chunk rows) {
            Weights.Compared count = compared.apply(rows);
            if (count == null || names.isEmpty()) {
                return sum;
            }
            Tensor w = torch.stack(
                    new TensorVector(
                            Tensors.doubles(count.one()),
                            Tensors.doubles(count.oneWeighted()),
                            Tensors.doubles(count.other()),
                            Tensors.doubles(count.otherWeighted())),
                    0);
            Tensor x = rows.features().to(ScalarType.Double);
            return join(
                    sum,
                    new Moments(
                            Tensors.toDoubles(Tensors.sum(w, false, 1)),
                            Tensors.toDoubles(w.matmul(x)),
                            Tensors.toDoubles(w.matmul(x.square()))));
        }

        @Override
        public Moments join(Moments one, Moments other) {
            return new Moments(
                    plus(one.weights, other.weights), plus(one.sums, other.sums), plus(one.squares, other.squares));
        }

        private static double[] plus(double[] one, double[] other) {
            double[] sum = one.clone();
            for (int i = 0; i < sum.length; i++) {
                sum[i] += other[i];
            }
            return sum;
        }

        @Override
        public Balance result(Moments sum) {
            var features = new ArrayList<Feature>();
            for (int k = 0; k < names.size(); k++) {
                double spread = Math.sqrt((variance(sum, 0, k) + variance(sum, 2, k)) / 2);
                features.add(new Feature(
                        names.get(k),
                        difference(mean(sum, 0, k) - mean(sum, 2, k), spread),
                        difference(mean(sum, 1, k) - mean(sum, 3, k), spread)));
            }
            features.sort(Comparator.comparingDouble(feature -> -Math.abs(feature.before)));
            return new Balance(features);
        }

        private static double difference(double means, double spread) {
            return Math.abs(means) < 1e-12 ? 0 : spread == 0 ? Double.NaN : means / spread;
        }

        private double mean(Moments sum, int sample, int feature) {
            return sum.sums[sample * names.size() + feature] / sum.weights[sample];
        }

        private double variance(Moments sum, int sample, int feature) {
            double mean = mean(sum, sample, feature);
            return Math.max(0, sum.squares[sample * names.size() + feature] / sum.weights[sample] - mean * mean);
        }
    }
}
