package org.counterweight.shift.doubleweighting.ratio;

import static org.bytedeco.pytorch.global.torch.cat;
import static org.counterweight.engine.Tensors.options;
import static org.counterweight.engine.Tensors.scalar;
import static org.counterweight.engine.Tensors.times;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.counterweight.shift.solve.LogisticLoss;
import org.counterweight.shift.solve.NewtonMethod;

/**
 * The density ratio by a logistic regression that tells rows of the deployment (1) from training rows (0): (n/t) q / (1 − q).
 *
 * @param theta of the regression, the intercept last, {@code [d + 1]}
 * @param odds n / t
 */
public record LogisticRatio(Tensor theta, double odds) {
    /** @param ridge of the regression's mean loss: (ridge / 2) ‖slopes‖² */
    public static LogisticRatio fit(Tensor train, Tensor deployed, double ridge) {
        try (var scope = Scope.open()) {
            long n = train.size(0);
            long t = deployed.size(0);
            Tensor y = torch.zeros(new long[] {n + t}, options(ScalarType.Double));
            y.narrow(0, n, t).fill_(scalar(1));
            var loss = LogisticLoss.of(cat(new TensorVector(train, deployed), 0), y, ridge);
            Tensor theta = NewtonMethod.minimise(loss, loss.start(), null);
            return new LogisticRatio(scope.keep(theta), (double) n / t);
        }
    }

    /** The ratio at rows {@code [n, d]}, {@code [n]}. */
    public Tensor at(Tensor x) {
        return times(LogisticLoss.withOne(x).mv(theta).exp(), odds); // q / (1 − q) = exp(score)
    }
}
