package org.counterweight.golden;

import static org.counterweight.engine.Tensors.doubles;
import static org.counterweight.engine.Tensors.longs;
import static org.counterweight.engine.Tensors.scalar;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Params;
import org.counterweight.model.module.ModuleSpec;
import org.counterweight.reparametrize.EffectiveDecay;
import org.counterweight.reparametrize.Reparametrized;
import org.counterweight.reparametrize.compand.Compander;
import org.counterweight.reparametrize.compand.Compander.Form;
import org.counterweight.reparametrize.compand.CompanderStart;
import org.counterweight.reparametrize.compand.CompanderStart.Init;
import org.counterweight.reparametrize.compand.Psi;
import org.counterweight.testing.GoldenCase;
import org.counterweight.train.optimize.Gradients;
import org.counterweight.train.optimize.Optimizer;
import org.counterweight.train.optimize.Sgd;

final class WeightCompanderOps {
    static final Map<String, Op> ALL = Map.of(
            "wc_layer", WeightCompanderOps::layer,
            "wc_init", WeightCompanderOps::init,
            "wc_train", WeightCompanderOps::train);

    private WeightCompanderOps() {}

    private static Psi psi(GoldenCase golden) {
        return Psi.valueOf(golden.params().path("psi").asString("arctan").toUpperCase(Locale.ROOT));
    }

    private static Form form(GoldenCase golden) {
        return Form.valueOf(golden.params().path("param_form").asString("raw").toUpperCase(Locale.ROOT));
    }

    private static Tensor leaf(GoldenCase golden, String name) {
        return golden.in(name).clone().requires_grad_(true);
    }

    private static Compander compander(GoldenCase golden, Tensor v, Tensor a, Tensor b) {
        return new Compander(
                psi(golden), v, a, b, new Compander.Pair(form(golden), true, false), doubles(new double[] {1}));
    }

    private static String named(GoldenCase golden, String pair) {
        return form(golden) == Form.LOG ? "log_" + pair : pair;
    }

    private static Map<String, Tensor> layer(GoldenCase golden) {
        var leaves = new LinkedHashMap<String, Tensor>();
        for (String name : List.of("v", named(golden, "a"), named(golden, "b"), "x", "bias")) {
            leaves.put(name, leaf(golden, name));
        }
        Tensor w = compander(golden, leaves.get("v"), leaves.get(named(golden, "a")), leaves.get(named(golden, "b")))
                .weight();
        Tensor y = Layers.apply(golden.params(), leaves.get("x"), w, leaves.get("bias"));
        return Layers.results(Map.of("w", w, "y", y), y, golden.in("grad_y"), leaves);
    }

    private static Map<String, Tensor> init(GoldenCase golden) {
        Tensor w = golden.in("w");
        Tensor deviation = CompanderStart.deviation("w", w, null).view(1);
        Tensor a = deviation.mul(scalar(golden.params().required("a_scale").asDouble()));
        Tensor b = deviation.mul(scalar(golden.params().required("b_scale").asDouble()));
        Init init = Init.valueOf(golden.params().required("mode").asString().toUpperCase(Locale.ROOT));
        double clip = golden.params().path("clip").asDouble(0.95);
        CompanderStart.Started started = new CompanderStart(psi(golden), init, clip).of("w", w, a, b);
        // the count is of what lies beyond the clip, also where nothing is inverted
        long beyond = new CompanderStart(psi(golden), Init.INVERSE, clip)
                .of("w", w, a, b)
                .clipped();
        return Map.of(
                "a", a,
                "b", b,
                "v", started.v(),
                "w_effective", psi(golden).apply(started.v(), a, b),
                "clipped", longs(new long[] {init == Init.INVERSE ? started.clipped() : beyond}));
    }

    private static Map<String, Tensor> train(GoldenCase golden) {
        boolean learns = golden.params().path("learn_ab").asBoolean(false);
        double lr = golden.params().required("lr").asDouble();
        double decay = golden.params().path("weight_decay").asDouble(0);
        String decayOn = golden.params().path("decay_on").asString("v");
        var leaves = new LinkedHashMap<String, Tensor>();
        var parameters = new ArrayList<Optimizer.Parameter>();
        var companders = new ArrayList<Compander>();
        for (int i = 0; i < 2; i++) {
            for (String name : List.of("v", "bias", named(golden, "a"), named(golden, "b"))) {
                boolean isPair = !name.equals("v") && !name.equals("bias");
                Tensor tensor = golden.in(name + "." + i).clone().requires_grad_(!isPair || learns);
                leaves.put(name + "." + i, tensor);
                if (!isPair || learns) {
                    parameters.add(new Optimizer.Parameter(
                            name + "." + i,
                            tensor,
                            isPair ? golden.params().required("ab_lr").asDouble() : lr,
                            name.equals("v") && decayOn.equals("v") ? decay : 0));
                }
            }
            companders.add(compander(
                    golden,
                    leaves.get("v." + i),
                    leaves.get(named(golden, "a") + "." + i),
                    leaves.get(named(golden, "b") + "." + i)));
        }
        Params params = Params.of(Map.of(
                        "0.weight",
                        leaves.get("v.0").detach(),
                        "1.weight",
                        leaves.get("v.1").detach()))
                .parametrized(Map.of("0.weight", placed(companders.get(0)), "1.weight", placed(companders.get(1))));
        var penalty = new EffectiveDecay(List.of("0.weight", "1.weight"), decay);
        double[] losses = new double[golden.params().required("steps").asInt()];
        var rule = new Sgd(golden.params().path("momentum").asDouble(0), false);
        try (Optimizer optimizer = new Optimizer(rule, parameters)) {
            for (int step = 0; step < losses.length; step++) {
                Gradients.clear(leaves.values());
                Tensor hidden = torch.relu(
                        Tensors.linear(golden.in("x"), companders.get(0).weight(), leaves.get("bias.0")));
                Tensor logits = Tensors.linear(hidden, companders.get(1).weight(), leaves.get("bias.1"));
                Tensor loss = torch.cross_entropy_loss(logits, golden.in("labels"));
                if (decayOn.equals("w")) {
                    loss = loss.add(penalty.penalty(params, step));
                }
                losses[step] = loss.item_double();
                loss.backward();
                optimizer.step(1);
            }
        }
        var out = new LinkedHashMap<String, Tensor>();
        leaves.forEach((name, tensor) -> out.put(name, tensor.detach()));
        out.put("loss", doubles(losses));
        out.put("w.0", companders.get(0).weight().detach());
        out.put("w.1", companders.get(1).weight().detach());
        return out;
    }

    private static Reparametrized placed(Compander compander) {
        return new Reparametrized(compander, "weight", ModuleSpec.Layout.OUT_FIRST, null);
    }
}
