package org.counterweight.shift.doubleweighting;

import static org.counterweight.engine.Tensors.plus;
import static org.counterweight.engine.Tensors.slice;
import static org.counterweight.engine.Tensors.times;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.shift.solve.Programme;

/** The problem of the weights for an interior-point method: its Newton matrices are H with a diagonal and three vectors. */
record WeightProgramme(WeightProblem problem) implements Programme {
    @Override
    public double value(Tensor x) {
        return problem.value(x);
    }

    @Override
    public Tensor gradient(Tensor x) {
        return problem.gradient(x);
    }

    @Override
    public Tensor constraints(Tensor x) {
        Tensor difference = problem.meanDifference(x).view(1);
        TensorVector all = new TensorVector(
                x,
                problem.upper().sub(x),
                plus(difference.neg(), problem.epsilon()),
                plus(difference, problem.epsilon()));
        if (problem.radius() > 0) {
            Tensor away = plus(problem.alpha(x).neg(), 1);
            all.push_back(plus(times(away.dot(away), -1 / (problem.radius() * problem.radius())), 1)
                    .view(1));
        }
        return torch.cat(all, 0);
    }

    /** The gradient of the ball's constraint, {@code [free]}. */
    private Tensor ball(Tensor x) {
        Tensor gradient = torch.zeros_like(x);
        problem.alpha(gradient)
                .copy_(times(plus(problem.alpha(x).neg(), 1), 2 / (problem.radius() * problem.radius())));
        return gradient;
    }

    @Override
    public Tensor along(Tensor x, Tensor direction) {
        Tensor difference = problem.signs().dot(direction).view(1);
        TensorVector all = new TensorVector(direction, direction.neg(), difference.neg(), difference);
        if (problem.radius() > 0) {
            all.push_back(ball(x).dot(direction).view(1));
        }
        return torch.cat(all, 0);
    }

    @Override
    public Tensor across(Tensor x, Tensor y) {
        long m = x.numel();
        Tensor sum = slice(y, 0, 0, m)
                .sub(slice(y, 0, m, 2 * m))
                .add(problem.signs().mul(y.select(0, 2 * m + 1).sub(y.select(0, 2 * m))));
        return problem.radius() > 0 ? sum.add(ball(x).mul(y.select(0, 2 * m + 2))) : sum;
    }

    @Override
    public Tensor curvature(Tensor x, Tensor y, Tensor d) {
        Tensor product = problem.form().times(d);
        if (problem.radius() > 0) {
            problem.alpha(product).add_(problem.alpha(d).mul(bend(y)));
        }
        return product;
    }

    /** The curvature of the ball's constraint, times its multiplier. */
    private Tensor bend(Tensor y) {
        return times(y.select(0, 2 * problem.size() + 2), 2 / (problem.radius() * problem.radius()));
    }

    @Override
    public Factor factor(Tensor x, Tensor y, Tensor w) {
        long m = x.numel();
        Tensor diagonal = slice(w, 0, 0, m).add(slice(w, 0, m, 2 * m));
        Tensor coupling = problem.signs()
                .mul(w.select(0, 2 * m).add(w.select(0, 2 * m + 1)).sqrt());
        TensorVector vectors = new TensorVector(coupling);
        if (problem.radius() > 0) {
            problem.alpha(diagonal).add_(bend(y));
            vectors.push_back(ball(x).mul(w.select(0, 2 * m + 2).sqrt()));
        }
        return problem.form().factor(diagonal, torch.stack(vectors, 1));
    }
}
