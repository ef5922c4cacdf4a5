package org.counterweight.golden;

import static org.counterweight.engine.Tensors.gradients;
import static org.counterweight.engine.Tensors.longs;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.adapt.adalora.AdaLora;
import org.counterweight.adapt.adalora.AdaLoraConfig;
import org.counterweight.adapt.adalora.AdaLoraConfig.Importance;
import org.counterweight.adapt.adalora.BudgetSchedule;
import org.counterweight.adapt.adalora.RankAllocator;
import org.counterweight.adapt.adalora.Sensitivity;
import org.counterweight.adapt.sorsa.Orthonormality;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Pass;
import org.counterweight.testing.GoldenCase;
import tools.jackson.databind.JsonNode;

final class AdaLoraOps {
    static final Map<String, Op> ALL = Map.of(
            "adalora.forward", AdaLoraOps::forward,
            "adalora.orth", AdaLoraOps::orth,
            "adalora.budget", AdaLoraOps::budget,
            "adalora.importance", AdaLoraOps::importance,
            "adalora.allocate", AdaLoraOps::allocate,
            "adalora.run", AdaLoraOps::run,
            "adalora.compact", AdaLoraOps::compact);

    private AdaLoraOps() {}

    private static AdaLoraConfig config(int initR, double alpha) {
        return new AdaLoraConfig(
                initR,
                0,
                alpha,
                0,
                0,
                1,
                1L,
                0.85,
                0.85,
                0,
                Orthonormality.MEAN,
                Importance.UNCERTAIN,
                0,
                List.of("any"));
    }

    private static Tensor leaf(GoldenCase golden, String name) {
        return golden.in(name).requires_grad_(true);
    }

    private static Map<String, Tensor> forward(GoldenCase golden) {
        JsonNode params = golden.params();
        Tensor x = leaf(golden, "x");
        var adapter = new AdaLora(
                config(
                        params.required("ranknum").asInt(),
                        params.required("alpha").asDouble()),
                leaf(golden, "A"),
                leaf(golden, "E"),
                leaf(golden, "B"));
        Tensor weight = golden.in("weight");
        Tensor y = adapter.apply(x, weight, golden.inputs().get("bias"), Pass.evaluation());
        Tensor[] grads = gradients(y.mul(golden.in("gy")).sum(), false, adapter.a(), adapter.e(), adapter.b(), x);
        return Map.of(
                "y", y,
                "grad.A", grads[0],
                "grad.E", grads[1],
                "grad.B", grads[2],
                "grad.x", grads[3],
                "merged", adapter.weight(weight));
    }

    private static Orthonormality variant(JsonNode params) {
        return switch (params.path("variant").asString("code")) {
            case "code" -> Orthonormality.MEAN;
            case "paper" -> Orthonormality.SQUARED_SUM;
            default -> throw new IllegalArgumentException("unknown variant " + params.path("variant"));
        };
    }

    private static Map<String, Tensor> orth(GoldenCase golden) {
        double weight = golden.params().required("weight").asDouble();
        return SorsaOps.regularized(golden, variant(golden.params()), weight);
    }

    private static Map<String, Tensor> budget(GoldenCase golden) {
        JsonNode params = golden.params();
        var schedule = new BudgetSchedule(
                params.required("init_budget").asLong(),
                params.required("target_budget").asLong(),
                params.required("tinit").asLong(),
                params.required("tfinal").asLong(),
                params.required("deltaT").asLong(),
                params.required("total_step").asLong());
        long[] steps = Tensors.toLongs(golden.in("steps"));
        long[] budgets = new long[steps.length];
        long[] flags = new long[steps.length];
        for (int i = 0; i < steps.length; i++) {
            budgets[i] = schedule.budget(steps[i]);
            flags[i] = schedule.allocates(steps[i]) ? 1 : 0;
        }
        return Map.of("budget", longs(budgets), "mask_flag", longs(flags));
    }

    private static Map<String, Tensor> importance(GoldenCase golden) {
        Tensor params = golden.in("param");
        Tensor grads = golden.in("grad");
        var moment = new Sensitivity(torch.zeros_like(params.select(0, 0)), torch.zeros_like(params.select(0, 0)));
        for (long step = 0; step < params.size(0); step++) {
            moment.update(
                    params.select(0, step),
                    grads.select(0, step),
                    golden.params().required("beta1").asDouble(),
                    golden.params().required("beta2").asDouble());
        }
        return Map.of("avg", moment.average(), "unc", moment.uncertainty(), "score", moment.score());
    }

    private static Map<String, Tensor> allocate(GoldenCase golden) {
        int count = golden.params().required("count").asInt();
        var adapters = new LinkedHashMap<String, AdaLora>();
        var state = new LinkedHashMap<String, Tensor>();
        for (int k = 0; k < count; k++) {
            Tensor e = golden.in("E." + k);
            adapters.put(
                    "" + k,
                    new AdaLora(
                            config(1, 1),
                            torch.zeros_like(golden.in("avg_A." + k)),
                            e,
                            torch.zeros_like(golden.in("avg_B." + k))));
            state.put(k + ".mask", torch.ones_like(e.view(-1)));
            for (String tensor : List.of("A", "E", "B")) {
                state.put(k + ".lora_" + tensor + ".average", golden.in("avg_" + tensor + "." + k));
                state.put(k + ".lora_" + tensor + ".uncertainty", golden.in("unc_" + tensor + "." + k));
            }
        }
        state.put("step", longs(new long[] {1}));
        var out = new LinkedHashMap<String, Tensor>();
        try (var allocator = new RankAllocator(config(1, 1), adapters, 1)) {
            allocator.restore(state);
            allocator.allocate(golden.params().required("budget").asLong());
            for (int k = 0; k < count; k++) {
                out.put("E." + k, golden.in("E." + k));
                out.put("mask." + k, allocator.pattern().get("" + k).clone());
            }
        }
        return out;
    }

    private static Map<String, Tensor> run(GoldenCase golden) {
        JsonNode params = golden.params();
        int layers = params.required("layers").asInt();
        long totalStep = params.required("total_step").asLong();
        var config = new AdaLoraConfig(
                params.required("init_r").asInt(),
                params.required("target_r").asInt(),
                params.required("alpha").asDouble(),
                params.required("tinit").asLong(),
                params.required("tfinal").asLong(),
                params.required("deltaT").asLong(),
                totalStep,
                params.required("beta1").asDouble(),
                params.required("beta2").asDouble(),
                params.required("orth_reg_weight").asDouble(),
                variant(params),
                Importance.UNCERTAIN,
                0,
                List.of("any"));
        var adapters = new LinkedHashMap<String, AdaLora>();
        var leaves = new ArrayList<Tensor>();
        var matrices = new ArrayList<Tensor>();
        for (int k = 0; k < layers; k++) {
            var adapter = new AdaLora(config, leaf(golden, "A." + k), leaf(golden, "E." + k), leaf(golden, "B." + k));
            adapters.put("" + k, adapter);
            leaves.addAll(adapter.trainables().values());
            matrices.addAll(List.of(adapter.a(), adapter.b().t()));
        }
        var optimizer = new GoldenOptimizer(params.required("optimizer"), leaves);
        var losses = new ArrayList<Double>();
        long[] budgets = new long[(int) totalStep];
        long[] nonzero = new long[(int) totalStep];
        var out = new LinkedHashMap<String, Tensor>();
        try (var allocator = new RankAllocator(config, adapters, totalStep)) {
            for (int i = 0; i < totalStep; i++) {
                long step = params.required("first_step").asLong() + i;
                leaves.forEach(leaf -> leaf.mutable_grad().reset());
                Tensor loss = loss(golden, adapters, layers)
                        .add(config.regularizer().of(matrices), Tensors.scalar(config.orthRegWeight()));
                losses.add(loss.item_double());
                loss.backward();
                optimizer.step(leaves.stream().map(Tensor::grad).toArray(Tensor[]::new));
                allocator.afterStep(step);
                budgets[i] = allocator.schedule().budget(step);
                for (AdaLora adapter : adapters.values()) {
                    nonzero[i] += adapter.e().count_nonzero().item_long();
                }
            }
            allocator.pattern().forEach((k, mask) -> out.put("mask." + k, mask.clone()));
        }
        out.put("losses", SorsaOps.column(losses));
        out.put("budget", longs(budgets));
        out.put("nonzero", longs(nonzero));
        adapters.forEach((k, adapter) -> {
            out.put("A." + k, adapter.a());
            out.put("E." + k, adapter.e());
            out.put("B." + k, adapter.b());
        });
        return out;
    }

    private static Tensor loss(GoldenCase golden, Map<String, AdaLora> adapters, int layers) {
        Tensor h = golden.in("x");
        for (int k = 0; k < layers; k++) {
            h = k == 0 ? h : h.relu();
            h = adapters.get("" + k).apply(h, golden.in("weight." + k), golden.in("bias." + k), Pass.evaluation());
        }
        return torch.mse_loss(h, golden.in("target"));
    }

    private static Map<String, Tensor> compact(GoldenCase golden) {
        JsonNode params = golden.params();
        var adapter = new AdaLora(
                config(
                        params.required("init_r").asInt(),
                        params.required("alpha").asDouble()),
                golden.in("A"),
                golden.in("E"),
                golden.in("B"));
        AdaLora compacted = adapter.compact(golden.in("mask"));
        Tensor y = compacted.apply(
                golden.in("x"), golden.in("weight"), golden.inputs().get("bias"), Pass.evaluation());
        return Map.of("A", compacted.a(), "E", compacted.e(), "B", compacted.b(), "y", y);
    }
}
