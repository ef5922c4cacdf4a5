package org.counterweight.fewgen;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Pass;
import org.counterweight.train.optimize.Adam;
import org.counterweight.train.optimize.Gradients;
import org.counterweight.train.optimize.Optimizer;
import org.counterweight.train.state.Checkpoint;
import org.counterweight.train.state.Remembering;

/**
 * Tunes the prefixes of a generator: at each batch first the weight network moves, by {@link MetaGradient}, then the prefixes,
 * by the likelihood that the moved network weighs.
 *
 * <p>Not thread-safe. It owns what its optimizers remember ({@link #close}), not the generator or the network.
 */
public final class GeneratorTraining implements Remembering, AutoCloseable {
    private final LabelledGenerator generator;
    private final WeightNet net;
    private final MetaSettings settings;
    private final Optimizer moves;
    private final Optimizer weighs;
    private long taken;
    private long metaSkipped;

    public GeneratorTraining(LabelledGenerator generator, WeightNet net, MetaSettings settings) {
        this.generator = generator;
        this.net = net;
        this.settings = settings;
        moves = Optimizer.of(new Adam(0.9, 0.999, settings.eps(), true), generator.trainables(), settings.rate(), 0);
        weighs =
                Optimizer.of(new Adam(0.9, 0.999, 1e-8, false), net.tensors(), settings.netRate(), settings.netDecay());
    }

    /**
     * What a batch gave.
     *
     * @param terms d and G of each token under the prefixes as they were, without gradients
     * @param weights w {@code [tokens]}
     * @param loss Σ w G + μ mean d, a scalar
     * @param metaLoss L_disc after the inner step; empty where no network is learnt
     */
    public record Step(TokenTerms terms, Tensor weights, Tensor loss, OptionalDouble metaLoss) {}

    /**
     * One batch. Its tensors belong to the open scope.
     *
     * @return empty if the batch has no token to learn: nothing moves then, and the rates still come down
     */
    public Optional<Step> step(TuningBatch texts, Pass pass) {
        if (texts.learnt() == 0) {
            taken++;
            return Optional.empty();
        }
        OptionalDouble metaLoss = OptionalDouble.empty();
        if (settings.metaWeight()) {
            try (var scope = Scope.open()) { // two stored graphs go before the third is built
                MetaGradient meta = MetaGradient.of(generator, net, texts, pass, settings);
                weigh(meta);
                metaLoss = OptionalDouble.of(meta.loss().item_double());
            }
        }
        Step step = backward(texts, pass, metaLoss);
        move();
        return Optional.of(step);
    }

    /** Moves the network; not at all if the gradient is not finite, which is counted. */
    public void weigh(MetaGradient meta) {
        if (!meta.isFinite()) {
            metaSkipped++;
            return;
        }
        Gradients.clear(net.tensors().values());
        net.tensors()
                .forEach((name, tensor) -> tensor.mutable_grad()
                        .put(Objects.requireNonNull(meta.gradients().get(name), name)));
        weighs.step(settings.factor(taken));
        Gradients.clear(net.tensors().values());
    }

    /** The gradients of the weighted likelihood, which then stand at the generator's trainables, not clipped. */
    public Step backward(TuningBatch texts, Pass pass, OptionalDouble metaLoss) {
        Gradients.clear(generator.trainables().values());
        TokenTerms terms = TokenTerms.of(
                generator.logits(generator.state(), texts, pass),
                texts.targets(),
                texts.classes(),
                settings.discSpace());
        Tensor weights;
        try (var off = Tensors.noGrad()) {
            weights = settings.metaWeight() ? net.weights(terms.disc()) : terms.equalWeights();
        }
        Tensor loss = terms.weighted(weights);
        if (settings.discWeight() > 0) {
            loss = Tensors.add(loss, terms.disc().mean(), settings.discWeight());
        }
        loss.backward();
        return new Step(
                new TokenTerms(terms.disc().detach(), terms.generation().detach()), weights, loss.detach(), metaLoss);
    }

    /** Moves the generator by the gradients of {@link #backward}. */
    public void move() {
        Gradients.clip(generator.trainables().values(), settings.clip());
        moves.step(settings.factor(taken));
        Gradients.clear(generator.trainables().values());
        taken++;
    }

    /** How many batches were seen. */
    public long taken() {
        return taken;
    }

    /** How often the network stayed where it was because its gradient was not finite. */
    public long metaSkipped() {
        return metaSkipped;
    }

    /** All that moves, the generator's tensors and the network's among it. */
    @Override
    public Map<String, Tensor> state() {
        var state = new LinkedHashMap<String, Tensor>();
        generator.trainables().forEach((name, tensor) -> state.put("generator/" + name, tensor.detach()));
        net.tensors().forEach((name, tensor) -> state.put("net/" + name, tensor.detach()));
        moves.state().forEach((name, tensor) -> state.put("moves/" + name, tensor));
        weighs.state().forEach((name, tensor) -> state.put("weighs/" + name, tensor));
        state.put("counts", Tensors.longs(new long[] {taken, metaSkipped}));
        return state;
    }

    @Override
    public void restore(Map<String, Tensor> state) {
        try (var off = Tensors.noGrad()) {
            generator
                    .trainables()
                    .forEach((name, tensor) -> tensor.copy_(Remembering.required(state, "generator/" + name)));
            net.tensors().forEach((name, tensor) -> tensor.copy_(Remembering.required(state, "net/" + name)));
        }
        moves.restore(Checkpoint.of(state, "moves"));
        weighs.restore(Checkpoint.of(state, "weighs"));
        long[] counts = Tensors.toLongs(Remembering.required(state, "counts"));
        taken = counts[0];
        metaSkipped = counts[1];
    }

    @Override
    public void close() {
        moves.close();
        weighs.close();
    }
}
