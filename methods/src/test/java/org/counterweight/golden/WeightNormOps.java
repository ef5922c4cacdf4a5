package org.counterweight.golden;

import static org.counterweight.engine.Tensors.doubles;
import static org.counterweight.engine.Tensors.zeros;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Parametrization;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.module.ModuleSpec.Layout;
import org.counterweight.model.part.Recurrence;
import org.counterweight.reparametrize.MeanOnly;
import org.counterweight.reparametrize.Reparametrized;
import org.counterweight.reparametrize.Selection;
import org.counterweight.reparametrize.files.StateDict;
import org.counterweight.reparametrize.norm.Lengths;
import org.counterweight.reparametrize.norm.Lengths.ZeroNorm;
import org.counterweight.reparametrize.norm.WeightNorm;
import org.counterweight.reparametrize.norm.WeightNorm.Form;
import org.counterweight.reparametrize.norm.WeightNormConfig.Style;
import org.counterweight.reparametrize.start.DataInitConfig;
import org.counterweight.reparametrize.start.InitialPass;
import org.counterweight.testing.GoldenCase;
import org.counterweight.train.optimize.Adam;
import org.counterweight.train.optimize.Gradients;
import org.counterweight.train.optimize.Optimizer;
import org.counterweight.train.optimize.Sgd;
import org.counterweight.train.optimize.UpdateRule;
import tools.jackson.databind.JsonNode;

final class WeightNormOps {
    static final Map<String, Op> ALL = Map.of(
            "wn_layer", WeightNormOps::layer,
            "wn_decompose", WeightNormOps::decompose,
            "wn_data_init", WeightNormOps::dataInit,
            "mean_only_bn", WeightNormOps::meanOnly,
            "wn_train", WeightNormOps::train,
            "wn_rnn", WeightNormOps::recurrent,
            "wn_load_state", WeightNormOps::loadState);

    private WeightNormOps() {}

    private static Tensor leaf(GoldenCase golden, String name) {
        return golden.in(name).clone().requires_grad_(true);
    }

    /** {@code dim: null} means the same as −1: one length of the whole. */
    private static Lengths lengths(GoldenCase golden) {
        JsonNode dim = golden.params().path("dim");
        return new Lengths(dim.isNull() ? Lengths.WHOLE : dim.asLong(0), ZeroNorm.ERROR);
    }

    private static Map<String, Tensor> layer(GoldenCase golden) {
        Form form =
                Form.valueOf(golden.params().path("param_form").asString("g").toUpperCase(Locale.ROOT));
        String lengthName = form == Form.LOG ? "s" : "g";
        Tensor v = leaf(golden, "v");
        Tensor length = leaf(golden, lengthName);
        Tensor x = leaf(golden, "x");
        var norm = new WeightNorm("v", v, length, form, lengths(golden));
        Tensor w = norm.weightOnce();
        var leaves = new LinkedHashMap<String, Tensor>();
        leaves.put("v", v);
        leaves.put(lengthName, length);
        leaves.put("x", x);
        Tensor bias = null;
        if (golden.inputs().containsKey("bias")) {
            bias = leaf(golden, "bias");
            leaves.put("bias", bias);
        }
        Tensor y = Layers.apply(golden.params(), x, w, bias);
        return Layers.results(Map.of("w", w, "y", y), y, golden.in("grad_y"), leaves);
    }

    private static Map<String, Tensor> decompose(GoldenCase golden) {
        WeightNorm norm = WeightNorm.of("w", golden.in("w"), Form.G, lengths(golden));
        Tensor g = norm.g().detach();
        return Map.of("g", g.dim() == 0 ? g.view(1) : g, "v", norm.v().detach());
    }

    private static Map<String, Tensor> dataInit(GoldenCase golden) {
        Stack stack = Stack.of(golden.params());
        var weights = new LinkedHashMap<String, Tensor>();
        var placed = new LinkedHashMap<String, Parametrization>();
        for (int i = 0; i < stack.layers().size(); i++) {
            Tensor v = golden.in("v." + i);
            weights.put(i + ".weight", v);
            weights.put(i + ".bias", zeros(v.size(0)).to(ScalarType.Double));
            WeightNorm norm = WeightNorm.of(i + ".weight", v, Form.G, new Lengths(0, ZeroNorm.ERROR));
            placed.put(i + ".weight", new Reparametrized(norm, "weight", Layout.OUT_FIRST, null));
        }
        Params params = Params.of(weights).parametrized(placed);
        var settings = new DataInitConfig(
                golden.params().path("init_scale").asDouble(1),
                golden.params().path("eps").asDouble(0),
                500,
                false,
                0.05,
                List.of());
        var batch = new Batch(Map.of(Batch.PIXEL_VALUES, golden.in("x")));
        Selection all = Selection.of(stack, List.of(), List.of(), false);
        new InitialPass(stack, params, all, settings).start(batch, new Seed(1));
        var out = new LinkedHashMap<String, Tensor>();
        placed.forEach((name, parametrization) -> {
            String i = name.replace(".weight", "");
            Tensor length = ((WeightNorm) ((Reparametrized) parametrization).latent()).length();
            out.put("g." + i, length.detach());
            out.put("b." + i, params.weight(i + ".bias"));
        });
        out.put("y", stack.forward(params, batch, Pass.evaluation()).logits().detach());
        return out;
    }

    private static Map<String, Tensor> meanOnly(GoldenCase golden) {
        Tensor t = leaf(golden, "t");
        Tensor b = leaf(golden, "b");
        boolean training = golden.params().path("training").asBoolean(true);
        var norm = new MeanOnly(
                "m", golden.in("running_mean"), golden.params().path("momentum").asDouble(0.1));
        var moved = new LinkedHashMap<String, Tensor>();
        Pass pass = training ? Pass.training(new Seed(1).generator()).reporting(moved::put) : Pass.evaluation();
        Tensor y = norm.apply(t, b, 1, pass);
        Tensor running = moved.isEmpty()
                ? golden.in("running_mean")
                : moved.values().iterator().next();
        return Layers.results(Map.of("y", y, "running_mean", running), y, golden.in("grad_y"), Map.of("t", t, "b", b));
    }

    private static UpdateRule rule(JsonNode settings) {
        String name = settings.required("name").asString();
        return switch (name) {
            case "adam" ->
                new Adam(
                        settings.path("beta1").asDouble(0.9),
                        settings.path("beta2").asDouble(0.999),
                        settings.path("eps").asDouble(1e-8),
                        false);
            case "sgd" -> new Sgd(settings.path("momentum").asDouble(0), false);
            default -> throw new IllegalArgumentException("unknown optimizer " + name);
        };
    }

    private static Map<String, Tensor> train(GoldenCase golden) {
        JsonNode settings = golden.params().required("optimizer");
        boolean centred = golden.params().path("mean_only_bn_hidden").asBoolean(false);
        var leaves = new LinkedHashMap<String, Tensor>();
        for (String name : List.of("v.0", "g.0", "b.0", "v.1", "g.1", "b.1")) {
            leaves.put(name, leaf(golden, name));
        }
        List<WeightNorm> norms = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            norms.add(
                    new WeightNorm("layer " + i, leaves.get("v." + i), leaves.get("g." + i), Form.G, lengths(golden)));
        }
        var hidden = new MeanOnly("hidden", torch.zeros_like(golden.in("b.0")), 0.1);
        double[] losses = new double[golden.params().required("steps").asInt()];
        var lengths = new ArrayList<Tensor>();
        Lengths rows = new Lengths(0, ZeroNorm.ERROR);
        try (Optimizer optimizer = Optimizer.of(
                rule(settings),
                leaves,
                settings.required("lr").asDouble(),
                settings.path("weight_decay").asDouble(0))) {
            for (int step = 0; step < losses.length; step++) {
                Gradients.clear(leaves.values());
                Tensor w = norms.get(0).weightOnce();
                Tensor t = centred
                        ? hidden.apply(
                                Tensors.linear(golden.in("x"), w, null),
                                leaves.get("b.0"),
                                -1,
                                Pass.training(new Seed(1).generator()))
                        : Tensors.linear(golden.in("x"), w, leaves.get("b.0"));
                Tensor logits = Tensors.linear(torch.relu(t), norms.get(1).weightOnce(), leaves.get("b.1"));
                Tensor loss = torch.cross_entropy_loss(logits, golden.in("labels"));
                losses[step] = loss.item_double();
                loss.backward();
                optimizer.step(1);
                lengths.add(rows.of(leaves.get("v.0").detach()).view(-1));
            }
        }
        var out = new LinkedHashMap<String, Tensor>();
        leaves.forEach((name, tensor) -> out.put(name, tensor.detach()));
        out.put("loss", doubles(losses));
        out.put("w.0", norms.get(0).weight().detach());
        out.put("w.1", norms.get(1).weight().detach());
        out.put("v_norm.0", torch.stack(new TensorVector(lengths.toArray(Tensor[]::new)), 0));
        return out;
    }

    private static Map<String, Tensor> recurrent(GoldenCase golden) {
        var cell =
                Recurrence.valueOf(golden.params().required("cell").asString().toUpperCase(Locale.ROOT));
        var leaves = new LinkedHashMap<String, Tensor>();
        for (String name : List.of("v_ih", "g_ih", "v_hh", "g_hh", "bias_ih", "bias_hh", "x")) {
            leaves.put(name, leaf(golden, name));
        }
        Tensor wIh = new WeightNorm("ih", leaves.get("v_ih"), leaves.get("g_ih"), Form.G, lengths(golden)).weightOnce();
        Tensor wHh = new WeightNorm("hh", leaves.get("v_hh"), leaves.get("g_hh"), Form.G, lengths(golden)).weightOnce();
        var state = new ArrayList<Tensor>();
        state.add(golden.in("h0"));
        if (cell == Recurrence.LSTM) {
            state.add(golden.in("c0"));
        }
        Recurrence.Ran ran = cell.run(
                leaves.get("x").transpose(0, 1),
                state,
                new Recurrence.Weights(wIh, wHh, leaves.get("bias_ih"), leaves.get("bias_hh")),
                Pass.evaluation());
        Tensor y = ran.output().transpose(0, 1);
        var plain = new LinkedHashMap<String, Tensor>();
        plain.put("w_ih", wIh);
        plain.put("w_hh", wHh);
        plain.put("y", y);
        plain.put("h_n", ran.state().get(0));
        if (cell == Recurrence.LSTM) {
            plain.put("c_n", ran.state().get(1));
        }
        return Layers.results(plain, y, golden.in("grad_y"), leaves);
    }

    private static Map<String, Tensor> loadState(GoldenCase golden) {
        String name = golden.params().path("prefix").asString("")
                + golden.params().path("name").asString("weight");
        StateDict state = StateDict.of("the state", golden.inputs());
        var out = new LinkedHashMap<String, Tensor>();
        out.put("weight", state.plain().get(name));
        state.written(Style.PARAMETRIZATIONS)
                .forEach((key, tensor) -> out.put(key, tensor.dim() == 0 ? tensor.view(1) : tensor));
        return out;
    }
}
