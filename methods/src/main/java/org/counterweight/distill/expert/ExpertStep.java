package org.counterweight.distill.expert;

import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.distill.FlatModel;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.train.optimize.Unroll;
import org.jspecify.annotations.Nullable;

/**
 * One step of an expert: descent with momentum and decay along s · CE(f(A(x)), y) + penalty(x).
 *
 * @param rate of the descent; 0.003 in AST, 0.01 in MTT
 * @param momentum in [0, 1); 0.9 in AST, 0 in MTT
 * @param decay of the weights, added to the gradient; 1e-3 in AST, 0 in MTT
 * @param lossScale s: below 1 in the first epochs, {@link LossRamp}
 * @param penalty or null for none
 */
public record ExpertStep(
        double rate,
        double momentum,
        double decay,
        double lossScale,
        @Nullable GradientPenalty penalty) {
    private static final String THETA = "theta";

    /**
     * Where an expert stands; without graph.
     *
     * @param theta {@code [P]}
     * @param velocity {@code [P]}; null before the first step, and without momentum
     */
    public record State(Tensor theta, @Nullable Tensor velocity) {
        /** At the beginning, or after an optimizer was made anew. */
        public static State of(Tensor theta) {
            return new State(theta, null);
        }
    }

    /**
     * What a step makes.
     *
     * @param loss before it, the penalty included and the decay not
     */
    public record Result(State state, double loss) {}

    /**
     * The step; its tensors belong to the open scope.
     *
     * @param images x, as they are: what the penalty is of
     * @param augmented A(x)
     * @param labels {@code int64 [n]}, or probabilities
     */
    public Result apply(FlatModel model, State state, Tensor images, Tensor augmented, Tensor labels) {
        try (var scope = Scope.open()) {
            Tensor theta = state.theta().detach().requires_grad_(true);
            Tensor loss = Tensors.times(model.loss(theta, augmented, labels), lossScale);
            if (penalty != null && penalty.factor() > 0) {
                loss = loss.add(penalty.of(model, theta, images));
            }
            Tensor decayed =
                    decay == 0 ? loss : Tensors.add(loss, theta.square().sum(), decay / 2);
            Tensor before = state.velocity();
            Unroll.Step step = Unroll.step(
                    Map.of(THETA, theta),
                    decayed,
                    Tensors.as(Tensors.doubles(new double[] {rate}).squeeze(), theta),
                    momentum,
                    before == null ? null : Map.of(THETA, before),
                    false);
            Map<String, Tensor> velocity = step.velocity();
            return new Result(
                    new State(
                            scope.keep(named(step.trainables()).detach()),
                            velocity == null ? null : scope.keep(named(velocity))),
                    loss.item_double());
        }
    }

    private static Tensor named(Map<String, Tensor> tensors) {
        return Objects.requireNonNull(tensors.get(THETA));
    }
}
