package org.counterweight.golden;

import static org.counterweight.engine.Tensors.gradients;
import static org.counterweight.engine.Tensors.layerNorm;
import static org.counterweight.engine.Tensors.plus;
import static org.counterweight.engine.Tensors.times;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.adapt.compacter.Bottleneck;
import org.counterweight.adapt.compacter.DenseProjection;
import org.counterweight.adapt.compacter.FactorInit;
import org.counterweight.adapt.compacter.LowRankProjection;
import org.counterweight.adapt.compacter.Norm;
import org.counterweight.adapt.compacter.PhmProjection;
import org.counterweight.adapt.compacter.PhmRule;
import org.counterweight.adapt.compacter.Projection;
import org.counterweight.engine.Tensors;
import org.counterweight.model.part.Activation;
import org.counterweight.testing.GoldenCase;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

final class CompacterOps {
    static final Map<String, Op> ALL = Map.ofEntries(
            Map.entry("phm_weight", CompacterOps::weight),
            Map.entry("phm_linear", CompacterOps::linear),
            Map.entry("compacter_stack", CompacterOps::stack),
            Map.entry("train_steps", CompacterOps::train),
            Map.entry("export_bottleneck", CompacterOps::export),
            Map.entry("glorot_uniform_init", CompacterOps::glorot),
            Map.entry("param_count", CompacterOps::count),
            Map.entry("bottleneck_adapter", golden -> baseline(golden, dense(golden, "down."), dense(golden, "up."))),
            Map.entry("low_rank_adapter", golden -> baseline(golden, lowRank(golden, "down."), lowRank(golden, "up."))),
            Map.entry("adapterhub_layer", CompacterOps::adapterHub));

    private CompacterOps() {}

    private static @Nullable Tensor find(GoldenCase golden, String name) {
        return golden.inputs().get(name);
    }

    /** The slow weights under that prefix, or those that all share. */
    private static PhmRule rule(GoldenCase golden, String prefix) {
        Tensor left = find(golden, prefix + "phm_rule_left");
        return left == null
                ? new PhmRule(golden.in(prefix + "phm_rule"), null)
                : new PhmRule(left, golden.in(prefix + "phm_rule_right"));
    }

    private static PhmProjection phm(GoldenCase golden, PhmRule rule, String prefix) {
        Tensor left = find(golden, prefix + "W_left");
        return left == null
                ? new PhmProjection(rule, true, golden.in(prefix + "W"), null, null, find(golden, prefix + "b"))
                : new PhmProjection(rule, true, left, golden.in(prefix + "W_right"), null, find(golden, prefix + "b"));
    }

    private static Projection dense(GoldenCase golden, String prefix) {
        return new DenseProjection(golden.in(prefix + "weight"), golden.in(prefix + "bias"));
    }

    private static Projection lowRank(GoldenCase golden, String prefix) {
        return new LowRankProjection(
                golden.in(prefix + "W_left"), golden.in(prefix + "W_right"), golden.in(prefix + "b"));
    }

    private static Activation activation(GoldenCase golden, String key) {
        return Activation.named(golden.params().required(key).asString(), key);
    }

    /** All inputs but these become leaves of the graph. */
    private static List<String> leaves(GoldenCase golden, String... but) {
        var names = new ArrayList<>(golden.inputs().keySet());
        names.removeAll(List.of(but));
        names.forEach(name -> golden.in(name).requires_grad_(true));
        return names;
    }

    private static Map<String, Tensor> withGradients(GoldenCase golden, Tensor y, List<String> leaves) {
        Tensor[] grads = gradients(
                y.mul(golden.in("grad_y")).sum(),
                false,
                leaves.stream().map(golden::in).toArray(Tensor[]::new));
        var out = new LinkedHashMap<String, Tensor>();
        out.put("y", y);
        for (int i = 0; i < grads.length; i++) {
            out.put("grad." + leaves.get(i), grads[i]);
        }
        return out;
    }

    private static Map<String, Tensor> weight(GoldenCase golden) {
        return Map.of("H", phm(golden, rule(golden, ""), "").matrix());
    }

    private static Map<String, Tensor> linear(GoldenCase golden) {
        List<String> leaves = leaves(golden, "grad_y");
        PhmProjection projection = phm(golden, rule(golden, ""), "");
        Tensor x = golden.in("x");
        Tensor flat = projection.apply(x.reshape(-1, x.size(-1)));
        long[] shape = Tensors.shape(x);
        shape[shape.length - 1] = flat.size(1);
        return withGradients(golden, flat.view(shape), leaves);
    }

    private static @Nullable Norm norm(GoldenCase golden, String prefix, double eps) {
        Tensor weight = find(golden, prefix + ".weight");
        return weight == null ? null : new Norm(weight, golden.in(prefix + ".bias"), eps);
    }

    private static Bottleneck adapter(GoldenCase golden, String prefix, Activation activation, double eps) {
        boolean own =
                find(golden, prefix + "down.phm_rule") != null || find(golden, prefix + "down.phm_rule_left") != null;
        return new Bottleneck(
                "task",
                phm(golden, rule(golden, own ? prefix + "down." : ""), prefix + "down."),
                phm(golden, rule(golden, own ? prefix + "up." : ""), prefix + "up."),
                activation,
                norm(golden, prefix + "pre_layer_norm", eps),
                norm(golden, prefix + "post_layer_norm", eps),
                null);
    }

    private static Map<String, Tensor> stack(GoldenCase golden) {
        List<String> leaves = leaves(golden, "grad_y");
        Tensor h = golden.in("x");
        for (int k = 0; k < golden.params().required("num_adapters").asInt(); k++) {
            double eps = golden.params().path("ln_eps").asDouble(1e-5);
            h = adapter(golden, k + ".", activation(golden, "activation"), eps).apply(h);
        }
        return withGradients(golden, h, leaves);
    }

    private static Map<String, Tensor> baseline(GoldenCase golden, Projection down, Projection up) {
        List<String> leaves = leaves(golden, "grad_y");
        var adapter = new Bottleneck("task", down, up, activation(golden, "activation"), null, null, null);
        return withGradients(golden, adapter.apply(golden.in("x")), leaves);
    }

    private static Map<String, Tensor> train(GoldenCase golden) {
        ObjectNode params = golden.params();
        List<String> leaves = leaves(golden, "x", "target");
        Bottleneck adapter = adapter(golden, "", activation(golden, "activation"), 1e-5);
        ObjectNode settings = params.deepCopy();
        settings.put("name", "adamw");
        settings.putArray("betas")
                .add(params.required("beta1").asDouble())
                .add(params.required("beta2").asDouble());
        List<Tensor> parameters = leaves.stream().map(golden::in).toList();
        var optimizer = new GoldenOptimizer(settings, parameters);
        var losses = new ArrayList<Double>();
        for (int step = 0; step < params.required("steps").asInt(); step++) {
            Tensor loss = torch.mse_loss(adapter.apply(golden.in("x")), golden.in("target"));
            losses.add(loss.item_double());
            optimizer.step(gradients(loss, false, parameters.toArray(new Tensor[0])));
        }
        var out = new LinkedHashMap<String, Tensor>();
        out.put("loss", SorsaOps.column(losses));
        leaves.forEach(name -> out.put("final." + name, golden.in(name)));
        return out;
    }

    private static Map<String, Tensor> export(GoldenCase golden) {
        Bottleneck dense =
                adapter(golden, "", activation(golden, "activation"), 1e-5).densified();
        var down = (DenseProjection) dense.down();
        var up = (DenseProjection) dense.up();
        return Map.of(
                "down.weight", down.weight(),
                "down.bias", down.bias(),
                "up.weight", up.weight(),
                "up.bias", up.bias(),
                "y", dense.apply(golden.in("x")));
    }

    private static Map<String, Tensor> glorot(GoldenCase golden) {
        double gain = golden.params().required("gain").asDouble() / Math.sqrt(2);
        var out = new LinkedHashMap<String, Tensor>();
        golden.inputs()
                .forEach((name, u) -> out.put(
                        name.replaceFirst("^u", "W"),
                        times(plus(times(u, 2), -1), gain * FactorInit.bound(u.size(1), u.size(2)))));
        return out;
    }

    private static Map<String, Tensor> count(GoldenCase golden) {
        JsonNode rows = golden.params().required("rows");
        long[] counts = new long[rows.size()];
        for (int i = 0; i < counts.length; i++) {
            JsonNode row = rows.get(i);
            counts[i] = count(row);
        }
        return Map.of("count", Tensors.longs(counts));
    }

    /** Counts what real adapters of these sizes train. */
    private static long count(JsonNode row) {
        long k = row.required("k").asLong();
        long d = row.required("d").asLong();
        long n = row.required("n").asLong();
        long r = row.required("r").asLong();
        String method = row.required("meth").asString();
        boolean shared = method.equals("compacter");
        var rule = new PhmRule(trained(n, n, n), null);
        var other = new PhmRule(trained(n, n, n), null);
        Projection down = projection(method, rule, shared, k, d, n, r);
        Projection up = projection(method, other, shared, d, k, n, r);
        var adapter = new Bottleneck("task", down, up, Activation.GELU, null, null, null);
        long each = size(adapter.trainables());
        long norms = row.required("ln").asBoolean() ? row.required("LNs").asLong() * k : 0;
        return row.required("adp").asLong() * each + (shared ? size(down.shared()) : 0) + norms;
    }

    private static Projection projection(
            String method, PhmRule rule, boolean shared, long in, long out, long n, long r) {
        return switch (method) {
            case "adapter" -> new DenseProjection(trained(out, in), trained(out));
            case "lowrank" -> new LowRankProjection(trained(in, r), trained(r, out), trained(out));
            case "phm" -> new PhmProjection(rule, shared, trained(n, in / n, out / n), null, null, trained(out));
            case "compacter" ->
                new PhmProjection(rule, shared, trained(n, in / n, r), trained(n, r, out / n), null, trained(out));
            default -> throw new IllegalArgumentException("unknown method " + method);
        };
    }

    private static Tensor trained(long... shape) {
        return Tensors.zeros(shape).requires_grad_(true);
    }

    private static long size(Map<String, Tensor> tensors) {
        return tensors.values().stream().mapToLong(Tensor::numel).sum();
    }

    private static Map<String, Tensor> adapterHub(GoldenCase golden) {
        double eps = golden.params().path("layer_norm_eps").asDouble(1e-12);
        boolean sequential = golden.params().required("placement").asString().equals("seq_bn");
        String name = golden.inputs().keySet().stream()
                .filter(key -> key.startsWith("adapters."))
                .findFirst()
                .orElseThrow()
                .split("\\.")[1];
        String down = "adapters." + name + ".adapter_down.0.";
        String up = "adapters." + name + ".adapter_up.";
        String shared = "shared_parameters." + name + ".";
        boolean own = golden.inputs().keySet().stream().noneMatch(key -> key.startsWith(shared));
        PhmRule rule = rule(golden, own ? down : shared);
        var norm = new Norm(golden.in("LayerNorm.weight"), golden.in("LayerNorm.bias"), eps);
        var adapter = new Bottleneck(
                name,
                phm(golden, rule, down),
                phm(golden, own ? rule(golden, up) : rule, up),
                activation(golden, "non_linearity"),
                null,
                null,
                sequential ? norm : null);
        Tensor o = golden.in("hidden_states");
        Tensor s = golden.in("input_tensor");
        // double_seq_bn taps the sub-layer's output, seq_bn its sum with the residual; the norm is the model's.
        Tensor sum = sequential ? adapter.apply(o.add(s)) : adapter.apply(o).add(s);
        return Map.of("y", layerNorm(sum, norm.weight(), norm.bias(), eps));
    }
}
