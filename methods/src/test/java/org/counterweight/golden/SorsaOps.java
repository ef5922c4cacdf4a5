package org.counterweight.golden;

import static org.counterweight.engine.Tensors.doubles;
import static org.counterweight.engine.Tensors.gradients;
import static org.counterweight.engine.Tensors.scalar;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.adapt.lowrank.Lora;
import org.counterweight.adapt.lowrank.LoraConfig;
import org.counterweight.adapt.lowrank.LowRank;
import org.counterweight.adapt.lowrank.LowRankStart;
import org.counterweight.adapt.lowrank.Residual;
import org.counterweight.adapt.sorsa.Orthonormality;
import org.counterweight.adapt.sorsa.Sorsa;
import org.counterweight.adapt.sorsa.SorsaConfig;
import org.counterweight.adapt.sorsa.SpectralShift;
import org.counterweight.engine.Seed;
import org.counterweight.model.Parametrization;
import org.counterweight.model.Pass;
import org.counterweight.testing.GoldenCase;
import tools.jackson.databind.JsonNode;

final class SorsaOps {
    private static final List<String> ANY = List.of("any");

    static final Map<String, Op> ALL = Map.of(
            "sorsa.init", SorsaOps::init,
            "sorsa.forward", SorsaOps::forward,
            "sorsa.ortho", SorsaOps::ortho,
            "sorsa.run", SorsaOps::run,
            "sorsa.metrics", SorsaOps::metrics,
            "sorsa.to_lora", SorsaOps::sorsaToLora,
            "pissa.init", SorsaOps::pissaInit,
            "pissa.to_lora", SorsaOps::pissaToLora);

    private SorsaOps() {}

    private static SorsaConfig config(int r, JsonNode params) {
        JsonNode alpha = params.get("alpha");
        return new SorsaConfig(
                r, alpha == null || alpha.isNull() ? null : alpha.asDouble(), 0, 0, Orthonormality.MEAN, false, 0, ANY);
    }

    private static SorsaConfig config(GoldenCase golden) {
        return config(golden.params().required("r").asInt(), golden.params());
    }

    private static Map<String, Tensor> init(GoldenCase golden) {
        var made = (Residual) config(golden).create("any", golden.in("weight"), new Seed(0).generator());
        var sorsa = (Sorsa) made.inner();
        return Map.of(
                "S", sorsa.s(),
                "principal", sorsa.b().mul(sorsa.s()).matmul(sorsa.a()),
                "residual", made.rest(),
                "AAt", sorsa.a().matmul(sorsa.a().t()),
                "BtB", sorsa.b().t().matmul(sorsa.b()));
    }

    private static Tensor leaf(GoldenCase golden, String name) {
        return golden.in(name).requires_grad_(true);
    }

    private static Map<String, Tensor> forward(GoldenCase golden) {
        Tensor x = leaf(golden, "x");
        var sorsa = new Sorsa(config(golden), leaf(golden, "A"), leaf(golden, "S"), leaf(golden, "B"));
        Tensor rest = golden.in("weight");
        Tensor y = sorsa.apply(x, rest, golden.inputs().get("bias"), Pass.evaluation());
        Tensor[] grads = gradients(y.mul(golden.in("gy")).sum(), false, sorsa.a(), sorsa.s(), sorsa.b(), x);
        Tensor merged = sorsa.weight(rest);
        return Map.of(
                "y", y,
                "grad.A", grads[0],
                "grad.S", grads[1],
                "grad.B", grads[2],
                "grad.x", grads[3],
                "merged", merged,
                "unmerged", merged.sub(sorsa.update().product()));
    }

    private static Map<String, Tensor> ortho(GoldenCase golden) {
        Orthonormality variant = switch (golden.params().required("variant").asString()) {
            case "code" -> Orthonormality.MEAN;
            case "paper_sum" -> Orthonormality.SUM;
            case "squared_mean" -> Orthonormality.SQUARED_MEAN;
            default -> throw new IllegalArgumentException(golden.directory() + ": unknown variant");
        };
        return regularized(golden, variant, 1);
    }

    /** The regulariser of all A.k and B.k, and its gradients. */
    static Map<String, Tensor> regularized(GoldenCase golden, Orthonormality variant, double weight) {
        int count = golden.params().required("count").asInt();
        var names = new ArrayList<String>();
        var leaves = new ArrayList<Tensor>();
        var matrices = new ArrayList<Tensor>();
        for (int k = 0; k < count; k++) {
            names.add("A." + k);
            names.add("B." + k);
            leaves.add(leaf(golden, "A." + k));
            leaves.add(leaf(golden, "B." + k));
            matrices.add(leaves.get(2 * k));
            matrices.add(leaves.get(2 * k + 1).t());
        }
        Tensor value = variant.of(matrices).mul(scalar(weight));
        Tensor[] grads = gradients(value, false, leaves.toArray(new Tensor[0]));
        var out = new LinkedHashMap<String, Tensor>();
        out.put("value", value.view(1));
        for (int i = 0; i < grads.length; i++) {
            out.put("grad." + names.get(i), grads[i]);
        }
        return out;
    }

    private static Map<String, Tensor> run(GoldenCase golden) {
        JsonNode params = golden.params();
        int layers = params.required("layers").asInt();
        JsonNode optimizerSettings = params.required("optimizer");
        double lr = optimizerSettings.required("lr").asDouble();
        double clip = params.required("max_grad_norm").asDouble();
        var adapters = new ArrayList<Sorsa>();
        var leaves = new ArrayList<Tensor>();
        for (int k = 0; k < layers; k++) {
            Tensor a = leaf(golden, "A." + k);
            Tensor b = leaf(golden, "B." + k);
            var sorsa = new Sorsa(
                    config((int) a.size(0), golden.params().deepCopy().putNull("alpha")), a, leaf(golden, "S." + k), b);
            adapters.add(sorsa);
            leaves.addAll(List.of(a, sorsa.s(), b));
        }
        Tensor[] all = leaves.toArray(new Tensor[0]);
        var optimizer = new GoldenOptimizer(optimizerSettings, leaves);
        var losses = new ArrayList<Double>();
        var orthos = new ArrayList<Double>();
        var norms = new ArrayList<Double>();
        for (JsonNode factor : params.required("lr_factors")) {
            Tensor h = golden.in("x");
            for (int k = 0; k < layers; k++) {
                h = k == 0 ? h : h.relu();
                h = adapters.get(k).apply(h, golden.in("residual." + k), golden.in("bias." + k), Pass.evaluation());
            }
            Tensor loss = torch.mse_loss(h, golden.in("target"));
            Tensor[] grads = gradients(loss, false, all);
            double norm = 0;
            for (Tensor grad : grads) {
                norm += grad.square().sum().item_double();
            }
            norm = Math.sqrt(norm);
            Tensor ortho = orthonormality(adapters);
            Tensor[] pulls = gradients(ortho, false, all);
            for (int i = 0; i < grads.length; i++) {
                grads[i] = grads[i].mul(scalar(Math.min(1, clip / (norm + 1e-6))))
                        .add(pulls[i], scalar(params.required("gamma").asDouble() / lr));
            }
            losses.add(loss.item_double());
            orthos.add(ortho.item_double());
            norms.add(norm);
            optimizer.step(grads, lr * factor.asDouble());
        }
        var out = new LinkedHashMap<String, Tensor>();
        out.put("losses", column(losses));
        out.put("ortho", column(orthos));
        out.put("grad_norm", column(norms));
        for (int k = 0; k < layers; k++) {
            out.put("A." + k, adapters.get(k).a());
            out.put("S." + k, adapters.get(k).s());
            out.put("B." + k, adapters.get(k).b());
        }
        return out;
    }

    private static Tensor orthonormality(List<Sorsa> adapters) {
        var matrices = new ArrayList<Tensor>();
        for (Sorsa sorsa : adapters) {
            matrices.add(sorsa.a());
            matrices.add(sorsa.b().t());
        }
        return Orthonormality.MEAN.of(matrices);
    }

    static Tensor column(List<Double> values) {
        return doubles(values.stream().mapToDouble(d -> d).toArray());
    }

    private static Map<String, Tensor> metrics(GoldenCase golden) {
        SpectralShift shift = SpectralShift.between("any", golden.in("weight0"), golden.in("weight"));
        return Map.of(
                "delta_sigma", doubles(new double[] {shift.values()}),
                "delta_d", doubles(new double[] {shift.directions()}),
                "cond", doubles(new double[] {shift.condition()}));
    }

    private static LoraConfig pissa(GoldenCase golden) {
        JsonNode params = golden.params();
        return new LoraConfig(
                params.required("r").asInt(),
                params.required("alpha").asDouble(),
                params.path("rslora").asBoolean(false),
                0,
                LowRankStart.PISSA,
                false,
                ANY);
    }

    private static Map<String, Tensor> pissaInit(GoldenCase golden) {
        var made = (Residual) pissa(golden).create("any", golden.in("weight"), new Seed(0).generator());
        var lora = (Lora) made.inner();
        return Map.of(
                "product", lora.b().matmul(lora.a()),
                "residual", made.rest(),
                "AAt", lora.a().matmul(lora.a().t()),
                "BtB", lora.b().t().matmul(lora.b()));
    }

    private static Map<String, Tensor> pissaToLora(GoldenCase golden) {
        LoraConfig config = pissa(golden);
        var start = new LowRank(golden.in("A0"), golden.in("B0"), config.scale());
        return exported(golden, start, new Lora(config, golden.in("A"), golden.in("B")));
    }

    private static Map<String, Tensor> sorsaToLora(GoldenCase golden) {
        SorsaConfig config = config(golden);
        LowRank start = new Sorsa(config, golden.in("A0"), golden.in("S0"), golden.in("B0")).update();
        return exported(golden, start, new Sorsa(config, golden.in("A"), golden.in("S"), golden.in("B")));
    }

    private static Map<String, Tensor> exported(GoldenCase golden, LowRank start, Parametrization trained) {
        Tensor rest = golden.in("weight").sub(start.product());
        LowRank update = new Residual(rest, start, trained).updateOfBase();
        var lora = new LoraConfig((int) update.rank(), update.scale() * update.rank(), false, 0, ANY);
        Tensor merged = new Lora(lora, update.a(), update.b()).weight(golden.in("weight"));
        return Map.of("A", update.a(), "B", update.b(), "merged", merged);
    }
}
