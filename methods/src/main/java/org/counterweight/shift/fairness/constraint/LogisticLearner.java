package org.counterweight.shift.fairness.constraint;

import static org.counterweight.engine.Tensors.doubles;
import static org.counterweight.engine.Tensors.scalar;

import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.shift.solve.LogisticLoss;
import org.counterweight.shift.solve.NewtonMethod;

/**
 * The best linear classifier, as far as a logistic regression finds it: a row whose cost of being predicted y = 1 is negative is
 * taught as y = 1, others as y = −1, each with the size of its cost as weight (Agarwal et al. 2018, section 3.2).
 *
 * <p>A classifier is θ, the intercept last; scores above 0 say y = 1. The memory of the last one, from which the next search
 * starts, changes nothing but its length.
 */
public final class LogisticLearner implements ExponentiatedGradient.Learner<double[]> {
    private final FairGame game;
    private final LogisticLoss rows;
    private double[] last;

    /**
     * Over rows.
     *
     * @param x {@code [n, d]}; must live as long as this
     * @param ridge of the regression, at least 0
     */
    public LogisticLearner(FairGame game, Tensor x, double ridge) {
        this.game = game;
        this.rows = LogisticLoss.of(x, game.spread(1, 1, 0, 0), ridge);
        this.last = new double[Math.toIntExact(x.size(1) + 1)];
    }

    @Override
    public double[] best(double[] lambda) {
        double[] costs = game.costs(lambda);
        long positive = Arrays.stream(costs).filter(cost -> cost < 0).count();
        if (positive == 0 || positive == costs.length) { // no regression has a least point here, and none is needed
            double[] constant = new double[last.length];
            constant[constant.length - 1] = positive == 0 ? -1 : 1;
            return constant;
        }
        try (var scope = Scope.open()) {
            Tensor labels = game.spread(
                    Arrays.stream(costs).map(cost -> cost < 0 ? 1 : 0).toArray());
            Tensor weights = game.spread(Arrays.stream(costs).map(Math::abs).toArray());
            last = Tensors.toDoubles(NewtonMethod.minimise(rows.with(labels, weights), doubles(last), null));
        }
        return last;
    }

    @Override
    public double[] rates(double[] theta) {
        try (var scope = Scope.open()) {
            return game.rates(rows.x().mv(doubles(theta)).gt(scalar(0)).to(ScalarType.Double));
        }
    }
}
