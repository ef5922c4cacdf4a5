package org.counterweight.federate.client;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.train.objective.CrossEntropy;
import org.counterweight.train.optimize.Adam;
import org.counterweight.train.optimize.Gradients;
import org.counterweight.train.optimize.Optimizer;
import org.counterweight.train.optimize.UpdateRule;

/**
 * What a client does in a round: some epochs of plain cross-entropy from the global weights, with an optimizer that
 * remembers nothing of the round before. Every weight is trained; running statistics move with the data. Paper,
 * algorithm 1.
 *
 * @param rule how weights move
 * @param rate above 0
 * @param epochs at least 1
 * @param recording what is kept of the single steps
 */
public record LocalTraining(UpdateRule rule, double rate, int epochs, Recording recording) {
    private static final CrossEntropy LOSS = new CrossEntropy(0);

    public LocalTraining {
        if (!(rate > 0) || Double.isInfinite(rate)) {
            throw new FederationException("a client's learning rate is " + rate + ", but must be a number above 0");
        }
        if (epochs < 1) {
            throw new FederationException("a client trains for " + epochs + " epochs, but must for at least 1");
        }
    }

    /** Adam with the usual constants and no decay: the official code. */
    public static LocalTraining adam(double rate, int epochs, Recording recording) {
        return new LocalTraining(new Adam(0.9, 0.999, 1e-8, false), rate, epochs, recording);
    }

    /** What is asked before each step; it may throw, to end the training there. */
    public interface Pace {
        /** @param step from 0, of this many */
        void before(long step, long steps);
    }

    /**
     * How a round's training differs from the plain one.
     *
     * @param frozen whether running statistics stay, and normalise in training too; nothing is dropped then
     * @param trains which weights move, by name; running statistics do not ask
     * @param pace asked before each step
     */
    public record Manner(boolean frozen, Predicate<String> trains, Pace pace) {
        /** Every weight, at its own pace; running statistics move. */
        public static final Manner PLAIN = new Manner(false, name -> true, (step, steps) -> {});

        /** The same for some of the weights. */
        public Manner training(Predicate<String> some) {
            return new Manner(frozen, some, pace);
        }
    }

    /**
     * A plain round, in which every weight moves.
     *
     * @param global h, by name; not changed
     * @param batches an epoch's, in order
     * @param seed for dropout
     * @throws FederationException if there is no batch
     */
    public LocalResult train(Model model, Map<String, Tensor> global, List<Batch> batches, Seed seed) {
        return train(model, global, batches, seed, Manner.PLAIN);
    }

    /**
     * One round; the result's tensors belong to the open scope.
     *
     * @param global h, by name; not changed
     * @param batches an epoch's, in order; each epoch goes through the same
     * @param seed for dropout
     * @throws FederationException if there is no batch
     */
    public LocalResult train(Model model, Map<String, Tensor> global, List<Batch> batches, Seed seed, Manner manner) {
        if (batches.isEmpty()) {
            throw new FederationException("a client has no batch to train on; leave it out of the federation");
        }
        Own own = Own.of(global, model.modules().buffers(), manner);
        var recorder = new StepRecorder(recording, epochs);
        var losses = new ArrayList<Double>();
        long steps = (long) epochs * batches.size();
        Tensor start = Updates.flat(own.trained());
        try (var optimizer = Optimizer.of(rule, own.trained(), rate, 0)) {
            Pass pass = manner.frozen()
                    ? Pass.evaluation()
                    : Pass.training(seed.generator()).reporting(own::moved);
            for (long step = 0; step < steps; step++) {
                manner.pace().before(step, steps);
                int place = (int) (step % batches.size());
                try (var scope = Scope.open()) {
                    Tensor before = recorder.isOn() ? Updates.flat(own.trained()) : start;
                    losses.add(own.step(model, batches.get(place), pass, optimizer));
                    if (recorder.isOn()) {
                        recorder.add(place, Updates.flat(own.trained()).sub(before), scope);
                    }
                }
            }
        }
        Map<String, Tensor> weights = own.detached();
        return new LocalResult(
                weights,
                Updates.difference(weights, global, "itself"),
                Tensors.times(Updates.flat(own.trained()).sub(start), 1.0 / steps),
                steps,
                batches.size(),
                batches.stream().mapToLong(Batch::rows).sum(),
                losses,
                recorder.sumOfSquares(),
                recorder.perStep());
    }

    /**
     * The client's own copy of the global weights.
     *
     * @param weights all of them, by name
     * @param trained those that move by gradients, the same tensors
     */
    private record Own(Map<String, Tensor> weights, Map<String, Tensor> trained) {
        static Own of(Map<String, Tensor> global, Set<String> buffers, Manner manner) {
            var own = new Own(new LinkedHashMap<>(), new LinkedHashMap<>());
            global.forEach((name, tensor) -> {
                Tensor copy = tensor.detach().clone();
                own.weights.put(name, copy);
                if (tensor.is_floating_point()
                        && !buffers.contains(name)
                        && manner.trains().test(name)) {
                    own.trained.put(name, copy.requires_grad_(true));
                }
            });
            return own;
        }

        /** The batch's loss before the step. */
        double step(Model model, Batch batch, Pass pass, Optimizer optimizer) {
            Tensor loss =
                    LOSS.losses(model, Params.of(weights), batch, pass).perRow().mean();
            loss.backward();
            double value = loss.item_double();
            optimizer.step(1);
            Gradients.clear(trained.values());
            return value;
        }

        /** The data moved a statistic. */
        void moved(String name, Tensor moved) {
            Tensor statistic = weights.get(name);
            if (statistic != null) {
                try (var off = Tensors.noGrad()) {
                    statistic.copy_(moved);
                }
            }
        }

        Map<String, Tensor> detached() {
            weights.replaceAll((name, tensor) -> tensor.detach());
            return weights;
        }
    }
}
