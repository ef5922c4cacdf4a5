package org.counterweight.golden;

import static org.counterweight.engine.Tensors.doubles;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.shift.abtest.ArmSums;
import org.counterweight.shift.abtest.ArmWeights;
import org.counterweight.shift.abtest.FiniteLaws;
import org.counterweight.shift.abtest.TreatmentEffect;
import org.counterweight.shift.abtest.WeightModel;
import org.counterweight.shift.abtest.loop.BehaviourModel;
import org.counterweight.shift.abtest.loop.BehaviourModel.StayLoss;
import org.counterweight.shift.abtest.loop.LoopMethod;
import org.counterweight.shift.abtest.loop.LoopSettings;
import org.counterweight.shift.abtest.loop.LoopTrial;
import org.counterweight.shift.abtest.loop.LoopWorld;
import org.counterweight.shift.abtest.loop.RunsSummary;
import org.counterweight.shift.measure.EffectiveSize;
import org.counterweight.testing.GoldenCase;
import org.counterweight.train.optimize.Adam;
import tools.jackson.databind.JsonNode;

final class AbTestOps {
    static final Map<String, Op> ALL = Map.of(
            "loss_weights", AbTestOps::weights,
            "weight_model_train", AbTestOps::weightModel,
            "model_update", AbTestOps::update,
            "simulate", AbTestOps::simulate,
            "gte_estimate", AbTestOps::estimate,
            "law_recovery", AbTestOps::laws,
            "runs_summary", AbTestOps::runs);

    private AbTestOps() {}

    private static Tensor one(double value) {
        return doubles(new double[] {value});
    }

    private static double number(GoldenCase golden, String name) {
        return golden.params().required(name).asDouble();
    }

    private static double number(GoldenCase golden, String name, double otherwise) {
        JsonNode value = golden.params().path(name);
        return value.isNumber() ? value.asDouble() : otherwise;
    }

    private static ArmWeights.Rule rule(GoldenCase golden) {
        JsonNode clip = golden.params().path("weight_clip");
        return new ArmWeights.Rule(
                golden.params().path("normalize").asString("none").equals("self"),
                clip.isArray()
                        ? new double[] {clip.get(0).asDouble(), clip.get(1).asDouble()}
                        : null);
    }

    private static StayLoss stayLoss(GoldenCase golden) {
        return StayLoss.valueOf(
                golden.params().path("sd_loss").asString("half_mse").toUpperCase(Locale.ROOT));
    }

    private static Map<String, Tensor> weights(GoldenCase golden) {
        ArmWeights found = ArmWeights.of(golden.in("g"), number(golden, "p"), rule(golden));
        return Map.of(
                "w_t", found.treatment(),
                "w_c", found.control(),
                "ess_t", one(EffectiveSize.of(found.treatment())),
                "ess_c", one(EffectiveSize.of(found.control())));
    }

    private static Map<String, Tensor> start(GoldenCase golden) {
        var start = new LinkedHashMap<String, Tensor>();
        golden.inputs().forEach((name, tensor) -> {
            if (name.startsWith("G.")) {
                start.put(name, tensor);
            }
        });
        return start;
    }

    private static Map<String, Tensor> weightModel(GoldenCase golden) {
        var adam = new Adam(
                number(golden, "beta1", 0.9), number(golden, "beta2", 0.999), number(golden, "eps", 1e-8), false);
        var out = new LinkedHashMap<String, Tensor>();
        try (var model = new WeightModel(start(golden), adam, number(golden, "lr"))) {
            Tensor x = golden.in("x");
            Tensor z = golden.in("z").to(ScalarType.Double);
            double[] bits = new double[Math.toIntExact(x.size(0))];
            for (int step = 0; step < bits.length; step++) {
                bits[step] = model.step(x.select(0, step), z.select(0, step), (name, gradient) -> {
                    out.computeIfAbsent("grad." + name, first -> Scope.own(gradient.clone()));
                });
            }
            out.put("logloss_bits", doubles(bits));
            out.put("g_eval", model.probabilities(golden.in("x_eval")));
            model.parameters()
                    .forEach((name, tensor) -> out.put(name, tensor.detach().clone()));
        }
        return out;
    }

    private static Map<String, Tensor> update(GoldenCase golden) {
        var out = new LinkedHashMap<String, Tensor>();
        var model = new BehaviourModel(golden.in("theta_f"), golden.in("theta_s"));
        StayLoss loss = stayLoss(golden);
        int steps = Math.toIntExact(golden.in("v").size(0));
        double[] losses = new double[2 * steps];
        for (int step = 0; step < steps; step++) {
            var records = new BehaviourModel.Records(
                    golden.in("v").select(0, step),
                    golden.in("finish").select(0, step),
                    golden.in("stay").select(0, step));
            Tensor weights = golden.in("w").select(0, step);
            losses[2 * step] = model.finishLosses(records).mul(weights).mean().item_double();
            losses[2 * step + 1] =
                    model.stayLosses(records, loss).mul(weights).mean().item_double();
            BehaviourModel gradients = model.gradients(records, weights, loss);
            out.putIfAbsent("grad.theta_f", gradients.finish());
            out.putIfAbsent("grad.theta_s", gradients.stay());
            model = model.step(gradients, number(golden, "lr"));
        }
        out.put("theta_f", model.finish());
        out.put("theta_s", model.stay());
        out.put("losses", doubles(losses, steps, 2));
        return out;
    }

    private static Map<String, Tensor> simulate(GoldenCase golden) {
        LoopMethod method =
                LoopMethod.valueOf(golden.params().required("method").asString().toUpperCase(Locale.ROOT));
        var settings = new LoopSettings(
                method,
                number(golden, "alpha_c"),
                number(golden, "alpha_t"),
                number(golden, "p"),
                number(golden, "lr"),
                golden.params().required("warmup").asInt(),
                rule(golden),
                golden.params().path("weight_inputs").asString("x").equals("xy"),
                stayLoss(golden));
        var world = new LoopWorld(
                golden.in("short").to(ScalarType.Double),
                golden.in("beta_fr"),
                golden.in("beta_sd"),
                number(golden, "fr_offset"));
        WeightModel weightModel = method == LoopMethod.WEIGHTED
                ? new WeightModel(start(golden), new Adam(0.9, 0.999, 1e-8, false), number(golden, "weight_lr"))
                : null;
        var start = new BehaviourModel(golden.in("theta0_f"), golden.in("theta0_s"));
        var out = new LinkedHashMap<String, Tensor>();
        try (var test = new LoopTrial(world, settings, start, weightModel, null)) {
            var index = new ArrayList<Tensor>();
            var arms = new ArrayList<Tensor>();
            for (long t = 0; t < golden.in("x").size(0); t++) {
                LoopTrial.Period period = test.step(new LoopWorld.Draws(
                        golden.in("x").select(0, t),
                        golden.in("u_assign").select(0, t),
                        golden.in("u_finish").select(0, t),
                        golden.in("e_stay").select(0, t)));
                index.add(period.shown().index());
                arms.add(period.z().to(ScalarType.Long));
                if (period.probabilities() != null) {
                    out.put("g_last", period.probabilities());
                }
            }
            out.put("index", torch.stack(new TensorVector(index.toArray(Tensor[]::new)), 0));
            out.put("z", torch.stack(new TensorVector(arms.toArray(Tensor[]::new)), 0));
            results(test, method, out);
        }
        if (weightModel != null) {
            weightModel
                    .parameters()
                    .forEach((name, tensor) -> out.put(name, tensor.detach().clone()));
            weightModel.close();
        }
        return out;
    }

    private static void results(LoopTrial test, LoopMethod method, Map<String, Tensor> out) {
        if (method != LoopMethod.GLOBAL_TREATMENT) {
            out.put("mean_c", doubles(test.controlled().means()));
        }
        if (method != LoopMethod.GLOBAL_CONTROL) {
            out.put("mean_t", doubles(test.treated().means()));
        }
        if (!method.isGlobal()) {
            List<TreatmentEffect> effects = TreatmentEffect.of(test.treated(), test.controlled(), 0.95);
            out.put("est", each(effects, TreatmentEffect::estimate));
            out.put("se", each(effects, TreatmentEffect::error));
        }
        out.put("theta_f_t", test.treatment().finish().clone());
        out.put("theta_s_t", test.treatment().stay().clone());
        out.put("theta_f_c", test.control().finish().clone());
        out.put("theta_s_c", test.control().stay().clone());
    }

    private static Tensor each(List<TreatmentEffect> effects, ToDoubleFunction<TreatmentEffect> figure) {
        return doubles(effects.stream().mapToDouble(figure).toArray());
    }

    private static Map<String, Tensor> estimate(GoldenCase golden) {
        Tensor z = golden.in("z");
        ArmSums treated = ArmSums.of(golden.in("y").index_select(0, z.nonzero().squeeze(1)));
        ArmSums controlled = ArmSums.of(
                golden.in("y").index_select(0, z.eq(Tensors.scalar(0)).nonzero().squeeze(1)));
        List<TreatmentEffect> effects = TreatmentEffect.of(treated, controlled, number(golden, "confidence"));
        return Map.of(
                "est", each(effects, TreatmentEffect::estimate),
                "se", each(effects, TreatmentEffect::error),
                "t", each(effects, TreatmentEffect::t),
                "df", each(effects, TreatmentEffect::df),
                "p_value", each(effects, TreatmentEffect::pValue),
                "ci_low", each(effects, TreatmentEffect::low),
                "ci_high", each(effects, TreatmentEffect::high));
    }

    private static Map<String, Tensor> laws(GoldenCase golden) {
        double p = number(golden, "p");
        FiniteLaws laws = FiniteLaws.of(golden.in("p_t"), golden.in("p_c"), p);
        return Map.of(
                "e_z_given_x", laws.probability(),
                "w_t", laws.weights().treatment(),
                "w_c", laws.weights().control(),
                "law_t", laws.treatment(),
                "law_c", laws.control(),
                "m2_t", one(laws.treatmentMoment()),
                "m2_c", one(laws.controlMoment()),
                "m2_split_t", one(1 / p),
                "m2_split_c", one(1 / (1 - p)));
    }

    private static Map<String, Tensor> runs(GoldenCase golden) {
        RunsSummary found =
                RunsSummary.of(golden.in("est"), golden.in("se"), golden.in("truth"), number(golden, "confidence"));
        return Map.of(
                "bias", found.bias(),
                "std", found.std(),
                "mse", found.mse(),
                "coverage", found.coverage(),
                "rejection_rate", found.rejections());
    }
}
