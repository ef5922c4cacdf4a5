package org.counterweight.shift.abtest.loop;

import static org.counterweight.engine.Tensors.add;
import static org.counterweight.engine.Tensors.times;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Scope;

/**
 * What a user is expected to do with an item: finish it (a logistic regression) and stay with it (a linear regression).
 *
 * @param finish θ_f, {@code [d]}
 * @param stay θ_s, {@code [d]}
 */
public record BehaviourModel(Tensor finish, Tensor stay) {
    /** How the error of the stay counts. */
    public enum StayLoss {
        /** Half of the squared error. */
        HALF_MSE(1),
        /** The squared error. */
        MSE(2);

        private final double slope;

        StayLoss(double slope) {
            this.slope = slope;
        }
    }

    /**
     * Records to learn from.
     *
     * @param v features of the items shown, {@code [n, d]}
     * @param finish 1 or 0, {@code [n]}
     * @param stay {@code [n]}
     */
    public record Records(Tensor v, Tensor finish, Tensor stay) {}

    /** The loss of each record: cross-entropy of the finish, {@code [n]}. */
    public Tensor finishLosses(Records records) {
        Tensor scores = records.v.mv(finish);
        return torch.softplus(scores).sub(scores.mul(records.finish));
    }

    /** The loss of each record: error of the stay, {@code [n]}. */
    public Tensor stayLosses(Records records, StayLoss loss) {
        return times(records.v.mv(stay).sub(records.stay).square(), loss.slope / 2);
    }

    /**
     * The gradients of (1/n) Σ w_i l_i, by head.
     *
     * @param weights {@code [n]}
     */
    public BehaviourModel gradients(Records records, Tensor weights, StayLoss loss) {
        Tensor back = records.v.t();
        double share = 1.0 / records.v.size(0);
        Tensor ofFinish = records.v.mv(finish).sigmoid().sub(records.finish).mul(weights);
        Tensor ofStay = records.v.mv(stay).sub(records.stay).mul(weights);
        return new BehaviourModel(times(back.mv(ofFinish), share), times(back.mv(ofStay), share * loss.slope));
    }

    /** One step of gradient descent. */
    public BehaviourModel step(BehaviourModel gradients, double lr) {
        return new BehaviourModel(add(finish, gradients.finish, -lr), add(stay, gradients.stay, -lr));
    }

    /** The same, handed to the scope around. */
    BehaviourModel kept(Scope scope) {
        return new BehaviourModel(scope.keep(finish), scope.keep(stay));
    }
}
