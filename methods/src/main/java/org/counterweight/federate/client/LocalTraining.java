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
        Set<String> buffers = model.modules().buffers();
        var weights = new LinkedHashMap<String, Tensor>();
        var trained = new LinkedHashMap<String, Tensor>();
        global.forEach((name, tensor) -> {
            Tensor own = tensor.detach().clone();
            weights.put(name, own);
            if (tensor.is_floating_point()
                    && !buffers.contains(name)
                    && manner.trains().test(name)) {
                trained.put(name, own.requires_grad_(true));
            }
        });
        var recorder = new StepRecorder(recording, epochs);
        var losses = new ArrayList<Double>();
        long steps = (long) epochs * batches.size();
        Tensor start = Updates.flat(trained);
        try (var optimizer = Optimizer.of(rule, trained, rate, 0)) {
            Pass pass = manner.frozen()
                    ? Pass.evaluation()
                    : Pass.training(seed.generator()).reporting((name, moved) -> copy(weights, name, moved));
            for (int epoch = 0; epoch < epochs; epoch++) {
                for (int place = 0; place < batches.size(); place++) {
                    manner.pace().before((long) epoch * batches.size() + place, steps);
                    try (var scope = Scope.open()) {
                        Tensor before = recorder.isOn() ? Updates.flat(trained) : start;
                        Tensor loss = LOSS.losses(model, Params.of(weights), batches.get(place), pass)
                                .perRow()
                                .mean();
                        loss.backward();
                        losses.add(loss.item_double());
                        optimizer.step(1);
                        Gradients.clear(trained.values());
                        if (recorder.isOn()) {
                            recorder.add(place, Updates.flat(trained).sub(before), scope);
                        }
                    }
                }
            }
        }
        weights.replaceAll((name, tensor) -> tensor.detach());
        return new LocalResult(
                weights,
                Updates.difference(weights, global, "itself"),
                Tensors.times(Updates.flat(trained).sub(start), 1.0 / steps),
                steps,
                batches.size(),
                batches.stream().mapToLong(Batch::rows).sum(),
                losses,
                recorder.sumOfSquares(),
                recorder.perStep());
    }

    private static void copy(Map<String, Tensor> weights, String name, Tensor moved) {
        Tensor statistic = weights.get(name);
        if (statistic != null) {
            try (var off = Tensors.noGrad()) {
                statistic.copy_(moved);
            }
        }
    }
}
