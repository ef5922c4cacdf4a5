package org.counterweight.shift.solve;

import static org.counterweight.engine.Tensors.add;
import static org.counterweight.engine.Tensors.options;
import static org.counterweight.engine.Tensors.slice;
import static org.counterweight.engine.Tensors.times;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The mean logistic loss of a linear score, with a ridge on all but the intercept: Σ w_i log(1 + exp(−y_i θᵀ x_i)) / Σ w_i +
 * (ridge / 2) ‖θ without intercept‖².
 *
 * @param x rows with a last column of ones, {@code [n, d + 1]}
 * @param y 1 or 0, float64 {@code [n]}
 * @param shares w / Σ w, {@code [n]}
 * @param ridge not negative
 */
public record LogisticLoss(Tensor x, Tensor y, Tensor shares, double ridge) implements NewtonMethod.Smooth {
    /** Over rows without the column of ones, {@code [n, d]}, which count alike. */
    public static LogisticLoss of(Tensor features, Tensor y, double ridge) {
        return of(features, y, torch.ones_like(y), ridge);
    }

    /** The same with weights, {@code [n]}: not negative, not all 0. */
    public static LogisticLoss of(Tensor features, Tensor y, Tensor weights, double ridge) {
        return new LogisticLoss(withOne(features), y, weights.div(weights.sum()), ridge);
    }

    /** The same rows with other labels and weights. */
    public LogisticLoss with(Tensor labels, Tensor weights) {
        return new LogisticLoss(x, labels, weights.div(weights.sum()), ridge);
    }

    /** A last column of ones. */
    public static Tensor withOne(Tensor features) {
        Tensor ones = torch.ones(new long[] {features.size(0), 1}, options(ScalarType.Double));
        return torch.cat(new TensorVector(features, ones), 1);
    }

    /** θ = 0. */
    public Tensor start() {
        return torch.zeros(new long[] {x.size(1)}, options(ScalarType.Double));
    }

    @Override
    public double value(Tensor theta) {
        Tensor scores = x.mv(theta);
        double loss = torch.softplus(scores).sub(scores.mul(y)).dot(shares).item_double();
        Tensor slopes = slice(theta, 0, 0, theta.numel() - 1);
        return loss + ridge / 2 * slopes.dot(slopes).item_double();
    }

    @Override
    public Tensor gradient(Tensor theta) {
        Tensor error = x.mv(theta).sigmoid().sub(y).mul(shares);
        return add(x.t().mv(error), penalised(theta), ridge);
    }

    private static Tensor penalised(Tensor theta) {
        Tensor copy = theta.clone();
        slice(copy, 0, copy.numel() - 1, copy.numel()).zero_();
        return copy;
    }

    @Override
    public Tensor hessian(Tensor theta) {
        Tensor p = x.mv(theta).sigmoid();
        Tensor weights = p.mul(times(p, -1).add(torch.ones_like(p))).mul(shares);
        Tensor hessian = x.t().matmul(x.mul(weights.unsqueeze(1)));
        hessian.diagonal().add_(times(penalised(torch.ones_like(theta)), ridge));
        return hessian;
    }
}
