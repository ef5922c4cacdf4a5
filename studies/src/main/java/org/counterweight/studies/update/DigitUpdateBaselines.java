package org.counterweight.studies.update;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.merge.update.baseline.BitFit;
import org.counterweight.merge.update.baseline.Distillation;
import org.counterweight.merge.update.baseline.Ewc;
import org.counterweight.merge.update.baseline.Ia3;
import org.counterweight.merge.update.baseline.Mixout;
import org.counterweight.merge.update.baseline.PriorWeightDecay;
import org.counterweight.model.Parametrization;
import org.counterweight.model.Params;
import org.counterweight.studies.bed.classifier.WeighedClassifier;
import org.counterweight.train.Task;
import org.counterweight.train.TrainConfig;

/**
 * What else keeps an update near the model that it replaces: while it is trained.
 *
 * @param old the model in production
 * @param fisher its diagonal Fisher information
 */
record DigitUpdateBaselines(DigitUpdates updates, Map<String, Tensor> old, Map<String, Tensor> fisher) {
    static final String MIXOUT = "Mixout";

    private static final String PRIOR = "prior weight decay";
    private static final String UNLABELLED = "distillation without labels";
    private static final String BITFIT = "BitFit";
    private static final String IA3 = "IA3";
    private static final String LAST_WEIGHT = DigitUpdates.LAST + ".weight";
    private static final String LAST_BIAS = DigitUpdates.LAST + ".bias";

    /** The strengths that are tried, weakest first; for BitFit and IA3, which have none, rates. */
    static final Map<String, List<Double>> STRENGTHS = strengths();

    private static Map<String, List<Double>> strengths() {
        var strengths = new LinkedHashMap<String, List<Double>>();
        strengths.put(BcwiArms.EWC, List.of(1e-4, 1e-3, 1e-2, 1e-1));
        strengths.put(BcwiArms.L2, List.of(1e-4, 1e-3, 1e-2, 1e-1));
        strengths.put(PRIOR, List.of(0.1, 1.0, 10.0, 50.0));
        strengths.put(MIXOUT, List.of(0.3, 0.6, 0.9, 0.97));
        strengths.put(UNLABELLED, List.of(1.0));
        strengths.put(BcwiArms.DISTILLED, List.of(0.25, 0.5, 0.75));
        strengths.put(BITFIT, List.of(1e-3, 3e-3, 1e-2));
        strengths.put(IA3, List.of(3e-3, 1e-2, 3e-2));
        return java.util.Collections.unmodifiableMap(strengths);
    }

    /** The model that {@code method} makes of the old one. */
    Map<String, Tensor> updated(String method, double strength) {
        return switch (method) {
            case BcwiArms.EWC -> pulled(plain -> plain.with(new Ewc(strength, held(), fisher)));
            case BcwiArms.L2 -> pulled(plain -> plain.with(towardsOld(strength)));
            case PRIOR ->
                trained(all(), updates.withoutDecay(), plain -> plain.with(new PriorWeightDecay(towardsOld(strength))));
            case MIXOUT -> pulled(plain -> plain.towards(mixout(plain, strength)));
            case UNLABELLED -> distilled(Distillation.Variant.OLD_ONLY_A, strength);
            case BcwiArms.DISTILLED -> distilled(Distillation.Variant.ALL, strength);
            case BITFIT -> trained(biases(), updates.at(strength), plain -> plain);
            case IA3 -> trained(scales(), updates.at(strength), plain -> plain);
            default -> throw new IllegalArgumentException(method);
        };
    }

    private Map<String, Tensor> trained(Params params, TrainConfig config, UnaryOperator<Task> how) {
        return updates.updated(old, params, updates.order(0), config, how);
    }

    /** All weights move, as in the plain update. */
    private Map<String, Tensor> pulled(UnaryOperator<Task> how) {
        return trained(all(), updates.config(), how);
    }

    private Params all() {
        return Params.of(WeighedClassifier.moving(updates.start(old)));
    }

    /** What is held to the old model: all of it, but for the last layer where it has rows that the old model has not learnt. */
    private Map<String, Tensor> held() {
        var held = new LinkedHashMap<>(old);
        if (updates.addsClasses()) {
            held.keySet().removeIf(name -> name.startsWith(DigitUpdates.LAST + "."));
        }
        return held;
    }

    private Ewc towardsOld(double strength) {
        return new Ewc(strength, held(), Map.of());
    }

    private Mixout mixout(Task plain, double strength) {
        return new Mixout(plain.objective(), held(), strength, false, Set.of(LAST_WEIGHT, LAST_BIAS));
    }

    private Map<String, Tensor> distilled(Distillation.Variant variant, double strength) {
        Map<String, Tensor> beside = Map.of(
                Distillation.TEACHER, updates.classifier().logits(old, updates.data()),
                Distillation.IS_OLD, updates.known());
        return updates.updated(
                old,
                all(),
                updates.order(0, beside),
                updates.config(),
                plain -> plain.towards(new Distillation(variant, strength, 2)));
    }

    private Params biases() {
        Map<String, Tensor> weights = BitFit.trainable(updates.start(old));
        if (updates.addsClasses()) {
            move(weights, LAST_WEIGHT);
        }
        return Params.of(weights);
    }

    /** A factor for each output of every layer; where classes are new, the last layer itself instead. */
    private Params scales() {
        Map<String, Tensor> weights = updates.start(old);
        var scaled = new HashMap<String, Parametrization>();
        List<String> modules = updates.addsClasses() ? List.of("0", "1") : List.of("0", "1", DigitUpdates.LAST);
        for (String module : modules) {
            String name = module + ".weight";
            scaled.put(name, Ia3.create(Objects.requireNonNull(weights.get(name), name)));
        }
        if (updates.addsClasses()) { // new classes have rows of their own to learn
            move(weights, LAST_WEIGHT);
            move(weights, LAST_BIAS);
        }
        return Params.of(weights).parametrized(scaled);
    }

    private static void move(Map<String, Tensor> weights, String name) {
        weights.computeIfPresent(name, (key, tensor) -> tensor.detach().clone().requires_grad_(true));
    }
}
