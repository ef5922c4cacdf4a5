package org.counterweight.fewgen;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Pass;
import org.counterweight.train.optimize.Unroll;

/**
 * Where the weight network should go: the gradient of L_disc after a step of the weighted likelihood that it weighs, through
 * that step. Gradients of the second order; an approximation of the first would be zero, because the network says nothing about
 * L_disc but by the step.
 *
 * @param loss L_disc, the mean of d after the step, a scalar
 * @param gradients by the names of {@link WeightNet#tensors}
 */
public record MetaGradient(Tensor loss, Map<String, Tensor> gradients) {
    private static final String BIAS = "special_lm_head.bias";

    /** Computes it on copies: the generator stays as it is. */
    public static MetaGradient of(
            LabelledGenerator generator, WeightNet net, TuningBatch texts, Pass pass, MetaSettings settings) {
        Tensor loss = afterStep(generator, net, texts, pass, settings);
        Map<String, Tensor> weights = net.tensors();
        Tensor[] found = Tensors.gradients(loss, false, weights.values().toArray(Tensor[]::new));
        var byName = new LinkedHashMap<String, Tensor>();
        int i = 0;
        for (String name : weights.keySet()) {
            byName.put(name, found[i++]);
        }
        return new MetaGradient(loss.detach(), Collections.unmodifiableMap(byName));
    }

    /** L_disc(θ − α ∇L_w(θ; ω)), a scalar in whose graph ω is. */
    static Tensor afterStep(
            LabelledGenerator generator, WeightNet net, TuningBatch texts, Pass pass, MetaSettings settings) {
        Pass twice = pass.differentiable(2);
        var copies = new LinkedHashMap<String, Tensor>();
        generator.trainables().forEach((name, tensor) -> copies.put(name, copy(tensor)));
        var moving = new LinkedHashMap<>(copies);
        Tensor bias = generator.specialBias();
        if (settings.referenceQuirks() && bias != null) {
            bias = copy(bias);
            moving.put(BIAS, bias);
        }
        var before = LabelledGenerator.State.tied(copies, bias);
        TokenTerms terms = terms(generator, before, texts, twice, settings);
        Tensor likelihood = terms.weighted(net.weights(terms.disc()));
        Tensor rate = likelihood.detach().new_full(new long[0], Tensors.scalar(settings.metaRate()));
        Map<String, Tensor> moved =
                Unroll.step(moving, likelihood, rate, 0, null, true).trainables();
        var after = settings.referenceQuirks()
                ? new LabelledGenerator.State(moved, before.outputRows(), bias == null ? null : moved.get(BIAS))
                : LabelledGenerator.State.tied(moved, bias);
        return terms(generator, after, texts, twice, settings).disc().mean();
    }

    private static TokenTerms terms(
            LabelledGenerator generator,
            LabelledGenerator.State state,
            TuningBatch texts,
            Pass pass,
            MetaSettings settings) {
        return TokenTerms.of(
                generator.logits(state, texts, pass), texts.targets(), texts.classes(), settings.discSpace());
    }

    private static Tensor copy(Tensor tensor) {
        return tensor.detach().clone().requires_grad_(true);
    }

    /** Whether every number of it is one. */
    public boolean isFinite() {
        return gradients.values().stream().allMatch(one -> one.isfinite().all().item_bool());
    }
}
