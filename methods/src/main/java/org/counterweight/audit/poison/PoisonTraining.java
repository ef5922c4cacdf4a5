package org.counterweight.audit.poison;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.train.objective.CrossEntropy;
import org.counterweight.train.objective.Objective;
import org.counterweight.train.optimize.Adam;
import org.counterweight.train.optimize.Gradients;
import org.counterweight.train.optimize.Optimizer;
import org.counterweight.train.schedule.Linear;
import org.counterweight.train.schedule.WarmUp;
import org.counterweight.train.state.TrainingException;
import org.jspecify.annotations.Nullable;

/**
 * Steps of RIPPLe: AdamW with a linear warm-up and a linear way down to 0, the norm of all gradients clipped.
 *
 * <p>K. Kurita, P. Michel and G. Neubig, ACL 2020, section 3.1; settings of the optimizer as in the official code.
 *
 * @param warmup steps of the warm-up
 * @param maxNorm of the gradients, above 0
 */
public record PoisonTraining(
        Ripple ripple, double rate, long steps, long warmup, double weightDecay, double eps, double maxNorm) {

    /**
     * What was measured before a step.
     *
     * @param gradientNorm before clipping
     */
    public record Step(long number, Ripple.Result result, double gradientNorm) {}

    /** The batches of one step. */
    public record Batches(Batch clean, List<Batch> poisoned) {}

    /**
     * Trains what requires a gradient in {@code params}, in place.
     *
     * @param random dropout's, by step; null for passes without
     * @throws TrainingException if a gradient or a weight is not finite; it names the tensor
     */
    public void run(
            Model model, Params params, Iterator<Batches> batches, @Nullable Seed random, Consumer<Step> listener) {
        Map<String, Tensor> trained = params.trainables();
        var adam = new Adam(0.9, 0.999, eps, true);
        WarmUp factors = WarmUp.of(new Linear(), warmup, steps);
        try (Optimizer optimizer = Optimizer.of(adam, trained, rate, weightDecay)) {
            for (long t = 0; t < steps; t++) {
                try (var scope = Scope.open()) {
                    Batches next = batches.next();
                    Pass pass = (random == null
                                    ? Pass.evaluation()
                                    : Pass.training(random.child(t).generator()))
                            .differentiable(2);
                    Ripple.Result result = ripple.of(
                            trained,
                            loss(model, params, next.clean(), pass),
                            losses(model, params, next.poisoned(), pass),
                            next.clean().rows());
                    result.gradients().forEach((name, gradient) -> put(name, trained.get(name), gradient));
                    double norm = Gradients.clip(trained.values(), maxNorm);
                    listener.accept(new Step(t, result, norm));
                    optimizer.step(factors.factor(t, 0));
                    Gradients.clear(trained.values());
                }
            }
        }
        trained.forEach((name, tensor) -> {
            try (var scope = Scope.open()) {
                requireFinite(name, tensor, "has become NaN or infinite");
            }
        });
    }

    private static void put(String name, @Nullable Tensor tensor, Tensor gradient) {
        requireFinite(name, gradient, "has a gradient that is not finite");
        if (tensor != null) {
            tensor.mutable_grad().put(gradient);
        }
    }

    private static void requireFinite(String name, Tensor tensor, String what) {
        if (!tensor.isfinite().all().item_bool()) {
            throw new TrainingException(name + " " + what + "; take a smaller learning rate or lambda");
        }
    }

    private static Tensor loss(Model model, Params params, Batch batch, Pass pass) {
        Objective.Losses losses = new CrossEntropy(0).losses(model, params, batch, pass);
        return losses.perRow().mean();
    }

    private static List<Tensor> losses(Model model, Params params, List<Batch> batches, Pass pass) {
        var losses = new ArrayList<Tensor>();
        for (Batch batch : batches) {
            losses.add(loss(model, params, batch, pass));
        }
        return losses;
    }
}
