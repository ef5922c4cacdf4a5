package org.counterweight.shift.fairness.constraint;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * The best of classifiers that are given, by their number; the lowest of equals.
 *
 * @param rates of each, y = 1 in each cell
 */
public record FiniteLearner(FairGame game, List<double[]> rates) implements ExponentiatedGradient.Learner<Integer> {
    /** @param predictions 0 and 1, {@code [classifiers, n]} */
    public static FiniteLearner of(FairGame game, Tensor predictions) {
        var rates = new ArrayList<double[]>();
        for (int h = 0; h < predictions.size(0); h++) {
            rates.add(game.rates(predictions.select(0, h)));
        }
        return new FiniteLearner(game, List.copyOf(rates));
    }

    @Override
    public Integer best(double[] lambda) {
        int best = 0;
        double least = Double.POSITIVE_INFINITY;
        for (int h = 0; h < rates.size(); h++) {
            double[] gaps = game.gaps(rates.get(h));
            double value = game.error(rates.get(h));
            for (int k = 0; k < lambda.length; k++) {
                value += lambda[k] * (gaps[k] - game.slack());
            }
            if (value < least) {
                least = value;
                best = h;
            }
        }
        return best;
    }

    @Override
    public double[] rates(Integer classifier) {
        return rates.get(classifier);
    }
}
