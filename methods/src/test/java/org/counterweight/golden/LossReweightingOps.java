package org.counterweight.golden;

import static org.bytedeco.pytorch.global.torch.matmul;
import static org.bytedeco.pytorch.global.torch.stack;
import static org.counterweight.engine.Tensors.gradients;
import static org.counterweight.engine.Tensors.linear;
import static org.counterweight.engine.Tensors.times;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.config.Configs;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.reweigh.LossSelection;
import org.counterweight.reweigh.SelectionConfig;
import org.counterweight.reweigh.group.DoReMi;
import org.counterweight.reweigh.group.Doge;
import org.counterweight.reweigh.loss.LossReweightingConfig;
import org.counterweight.reweigh.loss.ShardedLoss;
import org.counterweight.reweigh.loss.Sharpness;
import org.counterweight.reweigh.loss.SharpnessConfig;
import org.counterweight.testing.GoldenCase;
import org.counterweight.train.objective.CrossEntropy;
import org.counterweight.train.objective.LengthNorm;
import org.counterweight.train.objective.Objective;
import org.counterweight.train.objective.TokenCrossEntropy;
import org.counterweight.train.optimize.Adam;
import org.counterweight.train.optimize.Gradients;
import org.counterweight.train.optimize.Optimizer;
import org.counterweight.train.optimize.Sgd;
import org.counterweight.train.weigh.Rows;
import org.counterweight.train.weigh.Weigher;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

final class LossReweightingOps {
    static final Map<String, Op> ALL = Map.of(
            "weights", LossReweightingOps::weights,
            "weighted_lm_loss", LossReweightingOps::weightedLmLoss,
            "sharded_loss", LossReweightingOps::shardedLoss,
            "r_schedule", LossReweightingOps::schedule,
            "train_linear", LossReweightingOps::trainLinear,
            "train_bigram_lm", LossReweightingOps::trainBigram,
            "doremi_update", LossReweightingOps::doremi,
            "doge_update", LossReweightingOps::doge);

    private LossReweightingOps() {}

    private static final List<String> SELECTIONS = List.of("topk", "bottomk", "excess_topk");

    private static Weigher weigher(JsonNode spec) {
        String strategy = spec.required("strategy").asString();
        ObjectNode settings = Configs.JSON.createObjectNode();
        if (SELECTIONS.contains(strategy)) {
            settings.put("kept", strategy);
            settings.set("ratio", spec.required("ratio"));
            return Configs.bind(settings, SelectionConfig.class, "").create();
        }
        settings.put("strategy", strategy);
        settings.put("r", spec.path("r").asDouble(1)); // uniform has none
        for (String key : List.of("delta", "alpha")) {
            if (spec.has(key)) {
                settings.set(key, spec.get(key));
            }
        }
        if (spec.has("r_schedule")) {
            settings.set("temperature", spec.get("r_schedule"));
        }
        return Configs.bind(settings, LossReweightingConfig.class, "").create();
    }

    private static Rows rows(Tensor losses, Tensor units, Map<String, Tensor> more, long step) {
        var tensors = new LinkedHashMap<>(more);
        tensors.put(Batch.ROW, torch.arange(new Scalar(losses.numel())));
        return new Rows(losses, units, new Batch(tensors), step);
    }

    private static Rows rows(Tensor losses, long step) {
        return rows(losses, torch.ones_like(losses).to(torch.ScalarType.Long), Map.of(), step);
    }

    private static Map<String, Tensor> weights(GoldenCase golden) {
        Tensor losses = golden.in("losses");
        Tensor references = golden.inputs().get("ref_losses");
        Map<String, Tensor> more = references == null ? Map.of() : Map.of(LossSelection.REFERENCE_LOSS, references);
        Tensor ones = torch.ones_like(losses).to(torch.ScalarType.Long);
        var out = new LinkedHashMap<String, Tensor>();
        JsonNode specs = golden.params().required("specs");
        for (int i = 0; i < specs.size(); i++) {
            out.put("weights." + i, weigher(specs.get(i)).weights(rows(losses, ones, more, 0)));
        }
        return out;
    }

    private static LengthNorm norm(String name) {
        return name.equals("token") ? LengthNorm.TOKEN : LengthNorm.PLAIN;
    }

    private static Tensor ignoring(Tensor labels, JsonNode params) {
        long ignored = params.path("ignore_index").asLong(CrossEntropy.IGNORED);
        return labels.masked_fill(labels.eq(new Scalar(ignored)), new Scalar(CrossEntropy.IGNORED));
    }

    private static Map<String, Tensor> weightedLmLoss(GoldenCase golden) {
        Tensor logits = golden.in("logits").requires_grad_(true);
        Objective.Losses losses =
                TokenCrossEntropy.CAUSAL.losses(logits, ignoring(golden.in("labels"), golden.params()));
        Tensor weights = weigher(golden.params()).weights(rows(losses.perRow().detach(), losses.units(), Map.of(), 0));
        Tensor factors =
                norm(golden.params().path("length_norm").asString("none")).factors(weights, losses.units());
        Tensor loss = losses.perRow().mul(factors).sum();
        return Map.of(
                "losses", losses.perRow().detach(),
                "num_active", losses.units(),
                "weights", weights,
                "loss", loss.detach().reshape(1),
                "grad.logits", gradients(loss, false, logits)[0]);
    }

    private static Map<String, Tensor> shardedLoss(GoldenCase golden) {
        Tensor losses = golden.in("losses");
        Tensor units = golden.in("num_active");
        Tensor weights = weigher(golden.params())
                .weights(rows(losses.flatten(), units.flatten(), Map.of(), 0))
                .view_as(losses);
        return Map.of(
                "weights", weights,
                "device_loss.plain", ShardedLoss.ofWorkers(losses, weights, units, LengthNorm.PLAIN),
                "device_loss.token", ShardedLoss.ofWorkers(losses, weights, units, LengthNorm.TOKEN));
    }

    private static Map<String, Tensor> schedule(GoldenCase golden) {
        long[] steps = Tensors.toLongs(golden.in("steps"));
        var out = new LinkedHashMap<String, Tensor>();
        JsonNode specs = golden.params().required("specs");
        for (int i = 0; i < specs.size(); i++) {
            Sharpness r = Configs.bind((ObjectNode) specs.get(i), SharpnessConfig.class, "")
                    .schedule();
            out.put(
                    "r." + i,
                    Tensors.doubles(LongStream.of(steps).mapToDouble(r::at).toArray()));
        }
        return out;
    }

    private static Map<String, Tensor> trainLinear(GoldenCase golden) {
        JsonNode params = golden.params();
        Tensor theta = golden.in("theta0").clone().requires_grad_(true);
        var thetas = new ArrayList<>(List.of(golden.in("theta0")));
        var losses = new ArrayList<Tensor>();
        var weights = new ArrayList<Tensor>();
        Weigher weigher = weigher(params);
        try (Optimizer optimizer = Optimizer.of(
                new Sgd(params.path("momentum").asDouble(0), false),
                Map.of("theta", theta),
                params.required("lr").asDouble(),
                0)) {
            for (long t = 0; t < golden.in("X").size(0); t++) {
                Gradients.clear(List.of(theta));
                Tensor error = matmul(golden.in("X").select(0, t), theta)
                        .sub(golden.in("y").select(0, t));
                Tensor perRow = times(error.square(), 0.5);
                losses.add(perRow.detach());
                weights.add(weigher.weights(rows(perRow.detach(), t)));
                perRow.mul(weights.get(weights.size() - 1)).sum().backward();
                optimizer.step(1);
                thetas.add(theta.detach().clone());
            }
        }
        return Map.of("theta", stacked(thetas), "losses", stacked(losses), "weights", stacked(weights));
    }

    private static Map<String, Tensor> trainBigram(GoldenCase golden) {
        JsonNode params = golden.params();
        Tensor e = golden.in("E").clone().requires_grad_(true);
        Tensor w = golden.in("W").clone().requires_grad_(true);
        var losses = new ArrayList<Tensor>();
        var weights = new ArrayList<Tensor>();
        double[] norms = new double[(int) golden.in("tokens").size(0)];
        Weigher weigher = weigher(params);
        LengthNorm norm = norm(params.path("length_norm").asString("none"));
        JsonNode betas = params.required("betas");
        var rule = new Adam(
                betas.get(0).asDouble(),
                betas.get(1).asDouble(),
                params.required("eps").asDouble(),
                true);
        try (Optimizer optimizer = Optimizer.of(
                rule,
                Map.of("E", e, "W", w),
                params.required("lr").asDouble(),
                params.required("weight_decay").asDouble())) {
            for (int t = 0; t < norms.length; t++) {
                Gradients.clear(List.of(e, w));
                Tensor logits = linear(torch.embedding(e, golden.in("tokens").select(0, t)), w, null);
                Objective.Losses found = TokenCrossEntropy.CAUSAL.losses(
                        logits, ignoring(golden.in("labels").select(0, t), params));
                losses.add(found.perRow().detach());
                weights.add(weigher.weights(rows(found.perRow().detach(), found.units(), Map.of(), t)));
                found.perRow()
                        .mul(norm.factors(weights.get(t), found.units()))
                        .sum()
                        .backward();
                norms[t] = Gradients.clip(
                        List.of(e, w), params.path("max_grad_norm").asDouble(Double.POSITIVE_INFINITY));
                optimizer.step(1);
            }
        }
        return Map.of(
                "E", e.detach(),
                "W", w.detach(),
                "losses", stacked(losses),
                "weights", stacked(weights),
                "grad_norm", Tensors.doubles(norms));
    }

    private static Map<String, Tensor> doremi(GoldenCase golden) {
        Tensor losses = golden.in("losses");
        double stepSize = golden.params().required("step_size").asDouble();
        double smoothing = golden.params().required("smoothing").asDouble();
        var all = new ArrayList<Tensor>();
        DoReMi.Weights now = DoReMi.Weights.uniform((int) losses.size(1));
        for (long t = 0; t < losses.size(0); t++) {
            now = DoReMi.update(
                    now, losses.select(0, t), golden.in("ref_losses").select(0, t), stepSize, smoothing);
            all.add(Tensors.doubles(now.a()));
        }
        return Map.of("weights", stacked(all), "average", Tensors.doubles(now.average()));
    }

    private static Map<String, Tensor> doge(GoldenCase golden) {
        JsonNode params = golden.params();
        Tensor gradients = golden.in("grads");
        JsonNode ids = params.required("target_ids");
        long[] targets = IntStream.range(0, ids.size())
                .mapToLong(i -> ids.get(i).asLong())
                .toArray();
        var doge = new Doge(
                params.required("lr").asDouble(),
                params.required("mu").asDouble(),
                params.required("score_min").asDouble(),
                params.required("score_max").asDouble(),
                params.required("smoothing").asDouble(),
                params.path("exclude_self").asBoolean(false));
        var scores = new ArrayList<Tensor>();
        var weights = new ArrayList<Tensor>();
        long domains = gradients.size(1);
        Tensor now = torch.full(
                new long[] {domains}, Tensors.scalar(1.0 / domains), Tensors.options(torch.ScalarType.Double));
        for (long t = 0; t < gradients.size(0); t++) {
            scores.add(doge.scores(gradients.select(0, t), targets));
            now = doge.update(now, scores.get(scores.size() - 1));
            weights.add(now);
        }
        return Map.of("scores", stacked(scores), "weights", stacked(weights));
    }

    private static Tensor stacked(List<Tensor> tensors) {
        return stack(new TensorVector(tensors.toArray(Tensor[]::new)));
    }
}
