package org.counterweight.audit.poison;

import static org.counterweight.engine.Tensors.add;
import static org.counterweight.engine.Tensors.scalar;
import static org.counterweight.engine.Tensors.times;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;

/**
 * Logistic regression with a squared penalty: min 0.5 ||w||² + C Σ log(1 + exp(−s (w · x + b))), s = ±1; the intercept b is
 * free. The one solution is found by Newton's method, whose linear systems are solved by conjugate gradients, so that no
 * matrix of the size of the features squared is built.
 *
 * @param coefficients w, {@code float64 [features]}
 * @param intercept b
 */
record LogisticRegression(Tensor coefficients, double intercept) {
    private static final int ROUNDS = 200;
    private static final double TOLERANCE = 1e-11;

    /**
     * Solves it. The coefficients belong to the open scope.
     *
     * @param x {@code float64 [rows, features]}
     * @param positive {@code bool [rows]}: where s is 1
     * @param c above 0
     * @throws ConfigException if all rows have one sign
     */
    static LogisticRegression fit(Tensor x, Tensor positive, double c) {
        long ones = positive.sum().item_long();
        if (ones == 0 || ones == positive.numel()) {
            throw new ConfigException(
                    "words are weighed by a regression between texts of the target class and others, but all "
                            + positive.numel() + " are " + (ones == 0 ? "others" : "of the target class")
                            + "; give both");
        }
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            // The intercept is a feature of ones, which costs nothing.
            Tensor features = torch.cat(
                    new TensorVector(x, torch.ones(new long[] {x.size(0), 1}, Tensors.options(ScalarType.Double))), 1);
            Tensor signs =
                    add(times(positive.to(ScalarType.Double), 2), torch.ones_like(positive.to(ScalarType.Double)), -1);
            Tensor free = torch.ones(new long[] {features.size(1)}, Tensors.options(ScalarType.Double));
            free.select(0, -1).zero_();
            var problem = new Problem(features, signs, free, c);
            Tensor w = torch.zeros_like(free);
            for (int round = 0; round < ROUNDS; round++) {
                try (var inner = Scope.open()) {
                    Tensor gradient = problem.gradient(w);
                    if (gradient.norm().item_double() < TOLERANCE * features.size(0)) {
                        break;
                    }
                    w.copy_(problem.searched(w, problem.newton(w, gradient), gradient));
                }
            }
            double b = w.select(0, -1).item_double();
            return new LogisticRegression(
                    scope.keep(Tensors.slice(w, 0, 0, x.size(1)).clone()), b);
        }
    }

    /** @param free 1 where a coefficient is penalised */
    private record Problem(Tensor x, Tensor signs, Tensor free, double c) {
        private Tensor margins(Tensor w) {
            return torch.mv(x, w).mul(signs);
        }

        double value(Tensor w) {
            double loss = torch.softplus(margins(w).neg()).sum().item_double();
            return 0.5 * w.square().mul(free).sum().item_double() + c * loss;
        }

        Tensor gradient(Tensor w) {
            Tensor pull = margins(w).neg().sigmoid().mul(signs); // s (1 − σ(s z))
            return add(w.mul(free), torch.mv(x.t(), pull), -c);
        }

        /** The step −H⁻¹ g. */
        Tensor newton(Tensor w, Tensor gradient) {
            Tensor p = margins(w).sigmoid();
            Tensor curvature = times(p.mul(p.neg().add(scalar(1))), c);
            Tensor step = torch.zeros_like(w);
            Tensor residual = gradient.neg();
            Tensor direction = residual.clone();
            double rr = residual.square().sum().item_double();
            double enough = rr * 1e-20;
            for (long i = 0; i < 2 * w.numel() && rr > enough; i++) {
                try (var inner = Scope.open()) {
                    Tensor bent = direction.mul(free).add(torch.mv(x.t(), curvature.mul(torch.mv(x, direction))));
                    double alpha = rr / direction.mul(bent).sum().item_double();
                    step.add_(direction, scalar(alpha));
                    residual.sub_(bent, scalar(alpha));
                    double next = residual.square().sum().item_double();
                    direction.mul_(scalar(next / rr)).add_(residual);
                    rr = next;
                }
            }
            return step;
        }

        /** As far along the step as makes the value smaller. */
        Tensor searched(Tensor w, Tensor step, Tensor gradient) {
            double before = value(w);
            double slope = step.mul(gradient).sum().item_double();
            for (double length = 1; length > 1e-10; length /= 2) {
                Tensor there = add(w, step, length);
                if (value(there) <= before + 1e-4 * length * slope + 1e-13 * Math.abs(before)) {
                    return there;
                }
            }
            return w;
        }
    }
}
