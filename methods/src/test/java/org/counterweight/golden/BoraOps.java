package org.counterweight.golden;

import static org.counterweight.engine.Tensors.gradients;
import static org.counterweight.engine.Tensors.norm2;
import static org.counterweight.engine.Tensors.scalar;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.adapt.bora.Bora;
import org.counterweight.adapt.bora.BoraConfig;
import org.counterweight.adapt.bora.BoraConfig.Order;
import org.counterweight.adapt.lowrank.Dora;
import org.counterweight.adapt.lowrank.DoraConfig;
import org.counterweight.adapt.lowrank.Lora;
import org.counterweight.adapt.lowrank.LoraConfig;
import org.counterweight.adapt.lowrank.LowRankStart;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Parametrization;
import org.counterweight.model.Pass;
import org.counterweight.testing.GoldenCase;
import tools.jackson.databind.JsonNode;

final class BoraOps {
    private static final List<String> ANY = List.of("any");

    static final Map<String, Op> ALL = Map.of(
            "lora.forward", BoraOps::lora,
            "dora.forward", BoraOps::dora,
            "dora.train", BoraOps::trainDora,
            "bora.init", BoraOps::init,
            "bora.forward", BoraOps::bora,
            "bora.train", BoraOps::trainBora);

    private BoraOps() {}

    private static LoraConfig loraConfig(GoldenCase golden) {
        JsonNode params = golden.params();
        return new LoraConfig(
                params.required("r").asInt(),
                params.required("alpha").asDouble(),
                flag(params, "rslora", false),
                0,
                ANY);
    }

    private static DoraConfig doraConfig(GoldenCase golden) {
        LoraConfig lora = loraConfig(golden);
        return new DoraConfig(
                lora.r(),
                lora.alpha(),
                lora.rankStabilized(),
                0,
                flag(golden.params(), "detach_norm", true),
                LowRankStart.LORA,
                ANY);
    }

    private static BoraConfig boraConfig(GoldenCase golden) {
        JsonNode params = golden.params();
        LoraConfig lora = loraConfig(golden);
        return new BoraConfig(
                lora.r(),
                lora.alpha(),
                lora.rankStabilized(),
                0,
                params.has("order")
                        ? Order.valueOf(params.required("order").asString().toUpperCase(Locale.ROOT))
                        : Order.ROW_COL,
                flag(params, "detach_norm", true),
                eps(params),
                params.has("multiplier") ? params.required("multiplier").asDouble() : 1,
                LowRankStart.LORA,
                ANY);
    }

    private static double eps(JsonNode params) {
        return params.path("eps").asDouble(1e-8);
    }

    private static boolean flag(JsonNode params, String key, boolean otherwise) {
        return params.has(key) ? params.required(key).asBoolean() : otherwise;
    }

    /** y, its gradients to the named inputs, and the merged weight. */
    private static Map<String, Tensor> forward(GoldenCase golden, Parametrization adapter, String... inputs) {
        Tensor x = golden.in("x").requires_grad_(true);
        Tensor[] leaves = new Tensor[inputs.length + 1];
        leaves[0] = x;
        for (int i = 0; i < inputs.length; i++) {
            leaves[i + 1] = golden.in(inputs[i]);
        }
        Tensor y = adapter.apply(x, golden.in("weight"), golden.inputs().get("bias"), Pass.evaluation());
        Tensor[] grads = gradients(y.mul(golden.in("gy")).sum(), false, leaves);
        var out = new LinkedHashMap<String, Tensor>();
        out.put("y", y);
        out.put("grad.x", grads[0]);
        for (int i = 0; i < inputs.length; i++) {
            out.put("grad." + inputs[i], grads[i + 1]);
        }
        out.put("merged", adapter.weight(golden.in("weight")));
        return out;
    }

    private static Tensor leaf(GoldenCase golden, String name) {
        return golden.in(name).requires_grad_(true);
    }

    private static Map<String, Tensor> lora(GoldenCase golden) {
        return forward(golden, new Lora(loraConfig(golden), leaf(golden, "A"), leaf(golden, "B")), "A", "B");
    }

    private static Map<String, Tensor> dora(GoldenCase golden) {
        Tensor m = leaf(golden, "m");
        Dora dora = Dora.of(doraConfig(golden), golden.in("weight"), leaf(golden, "A"), leaf(golden, "B"), m.view(-1));
        Map<String, Tensor> out = forward(golden, dora, "A", "B", "m");
        // a magnitude of zero has erased its row, so the weight is put back from the copy that was kept
        boolean erased = m.eq(scalar(0)).any().item_bool();
        out.put(
                "unmerged",
                erased ? golden.in("weight") : dora.unmerge(out.get("merged"), dora.norms(golden.in("weight"))));
        return out;
    }

    private static Map<String, Tensor> init(GoldenCase golden) {
        Tensor weight = golden.in("weight");
        double eps = eps(golden.params());
        var config = new BoraConfig(1, 1, false, 0, Order.ROW_COL, true, eps, 1, LowRankStart.LORA, ANY);
        var random = new org.counterweight.engine.Seed(0).generator();
        Map<String, Tensor> fresh = config.create("any", weight, random).trainables();
        var dora = new DoraConfig(1, 1, false, 0, true, LowRankStart.LORA, ANY).create("any", weight, random);
        return Map.of(
                "m_row", like(fresh.get("lora_magnitude_row"), golden, "m_row"),
                "m_col", like(fresh.get("lora_magnitude_col"), golden, "m_col"),
                "m_dora", like(dora.trainables().get("lora_magnitude_vector"), golden, "m_dora"));
    }

    /** The values in the shape in which the case writes a vector: {@code [n]}, {@code [n, 1]} or {@code [1, n]}. */
    private static Tensor like(Tensor vector, GoldenCase golden, String output) {
        return vector.view(Tensors.shape(golden.outputs().get(output)));
    }

    private static Map<String, Tensor> bora(GoldenCase golden) {
        Tensor row = leaf(golden, "m_row");
        Tensor col = leaf(golden, "m_col");
        Bora bora = Bora.of(
                boraConfig(golden),
                golden.in("weight"),
                leaf(golden, "A"),
                leaf(golden, "B"),
                row.view(-1),
                col.view(-1));
        return forward(golden, bora, "A", "B", "m_row", "m_col");
    }

    private static Map<String, Tensor> trainDora(GoldenCase golden) {
        Tensor weight = golden.in("weight");
        Tensor m = norm2(weight, false, 1).requires_grad_(true);
        Tensor a = leaf(golden, "A");
        Tensor b = leaf(golden, "B");
        Tensor losses = train(golden, Dora.of(doraConfig(golden), weight, a, b, m), List.of(a, b, m));
        return Map.of("losses", losses, "A", a, "B", b, "m", like(m, golden, "m"));
    }

    private static Map<String, Tensor> trainBora(GoldenCase golden) {
        Tensor weight = golden.in("weight");
        Scalar eps = scalar(eps(golden.params()));
        Tensor row = norm2(weight, false, 1).clamp_min(eps).requires_grad_(true);
        Tensor col = norm2(weight, false, 0).clamp_min(eps).requires_grad_(true);
        Tensor a = leaf(golden, "A");
        Tensor b = leaf(golden, "B");
        Bora bora = Bora.of(boraConfig(golden), weight, a, b, row, col);
        Tensor losses = train(golden, bora, List.of(a, b, row, col));
        return Map.of(
                "losses",
                losses,
                "A",
                a,
                "B",
                b,
                "m_row",
                like(row, golden, "m_row"),
                "m_col",
                like(col, golden, "m_col"));
    }

    private static Tensor train(GoldenCase golden, Parametrization adapter, List<Tensor> parameters) {
        var optimizer = new GoldenOptimizer(golden.params().required("optimizer"), parameters);
        var losses = new ArrayList<Double>();
        for (int step = 0; step < golden.params().required("steps").asInt(); step++) {
            Tensor y = adapter.apply(
                    golden.in("x"), golden.in("weight"), golden.inputs().get("bias"), Pass.evaluation());
            Tensor loss = torch.mse_loss(y, golden.in("target"));
            losses.add(loss.item_double());
            optimizer.step(gradients(loss, false, parameters.toArray(new Tensor[0])));
        }
        return Tensors.doubles(losses.stream().mapToDouble(d -> d).toArray());
    }
}
