package org.counterweight.golden;

import static org.counterweight.engine.Tensors.doubles;
import static org.counterweight.engine.Tensors.gradients;
import static org.counterweight.engine.Tensors.longs;
import static org.counterweight.engine.Tensors.scalar;
import static org.counterweight.engine.Tensors.toDoubles;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Seed;
import org.counterweight.merge.update.AlphaChoice;
import org.counterweight.merge.update.AlphaSweep;
import org.counterweight.merge.update.Bcwi;
import org.counterweight.merge.update.BcwiConfig;
import org.counterweight.merge.update.Flips;
import org.counterweight.merge.update.baseline.Distillation;
import org.counterweight.merge.update.baseline.Ewc;
import org.counterweight.merge.update.baseline.Mixout;
import org.counterweight.merge.update.baseline.ProbabilityEnsemble;
import org.counterweight.merge.update.fisher.DiagonalFisher;
import org.counterweight.merge.update.fisher.FisherConfig;
import org.counterweight.merge.update.fisher.FisherConfig.Labels;
import org.counterweight.merge.update.fisher.FisherConfig.Scale;
import org.counterweight.model.Batch;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.testing.GoldenCase;
import tools.jackson.databind.JsonNode;

final class BcwiOps {
    static final Map<String, Op> ALL = Map.of(
            "bcwi.interpolate", BcwiOps::interpolate,
            "bcwi.fisher", BcwiOps::fisher,
            "bcwi.flips", BcwiOps::flips,
            "bcwi.select_alpha", BcwiOps::selectAlpha,
            "bcwi.sweep", BcwiOps::sweep,
            "bcwi.prob_ensemble", BcwiOps::ensemble,
            "bcwi.distill_loss", BcwiOps::distill,
            "bcwi.regularizers", BcwiOps::regularizers);

    private static final double LAYER_NORM_EPS = 1e-5;

    private BcwiOps() {}

    private static Map<String, Tensor> model(GoldenCase golden, String prefix) {
        var model = new LinkedHashMap<String, Tensor>();
        golden.inputs().forEach((name, tensor) -> {
            if (name.startsWith(prefix)) {
                model.put(name.substring(prefix.length()), tensor);
            }
        });
        return model;
    }

    private static List<Map<String, Tensor>> news(GoldenCase golden) {
        return IntStream.range(0, golden.params().required("num_new").asInt())
                .mapToObj(j -> model(golden, "new." + j + "."))
                .toList();
    }

    private static List<Integer> newLabelIds(GoldenCase golden) {
        JsonNode ids = golden.params().path("new_label_ids");
        return IntStream.range(0, ids.isArray() ? ids.size() : 0)
                .mapToObj(i -> ids.get(i).asInt())
                .toList();
    }

    private static double number(GoldenCase golden, String name) {
        return golden.params().required(name).asDouble();
    }

    private static Tensor one(double value) {
        return doubles(new double[] {value});
    }

    private static Map<String, Tensor> interpolate(GoldenCase golden) {
        Map<String, Tensor> old = model(golden, "old.");
        double alpha = number(golden, "alpha");
        var bcwi = new Bcwi(
                alpha,
                model(golden, "fisher."),
                newLabelIds(golden),
                golden.params().path("classifier").asString("classifier.out_proj"));
        Map<String, Tensor> merged = bcwi.merge(alpha, old, news(golden));
        var out = new LinkedHashMap<>(merged);
        out.put("distance", one(Bcwi.distance(merged, old)));
        return out;
    }

    private static Map<String, Tensor> information(
            GoldenCase golden, Labels labels, Scale scale, Map<String, Tensor> weights) {
        var net = TanhNet.of(weights, golden.params().path("layernorm_eps").asDouble(LAYER_NORM_EPS));
        var batch = new Batch(Map.of("x", golden.in("X"), Batch.LABELS, golden.in("y")));
        return DiagonalFisher.of(new FisherConfig(labels, scale, newLabelIds(golden)), net, weights, List.of(batch));
    }

    private static Labels labels(GoldenCase golden, String param) {
        return Labels.valueOf(golden.params().required(param).asString().toUpperCase(Locale.ROOT));
    }

    private static Map<String, Tensor> fisher(GoldenCase golden) {
        var weights = new LinkedHashMap<>(golden.inputs());
        weights.keySet().removeAll(List.of("X", "y"));
        boolean meanOne = golden.params().required("scale_to_mean_one").asBoolean();
        var out = new LinkedHashMap<String, Tensor>();
        information(golden, labels(golden, "variant"), meanOne ? Scale.MEAN_ONE : Scale.PER_INSTANCE, weights)
                .forEach((name, tensor) -> out.put("fisher." + name, tensor));
        return out;
    }

    private static Map<String, Tensor> flips(GoldenCase golden) {
        Flips flips = Flips.of(golden.in("old_pred"), golden.in("new_pred"), golden.in("labels"));
        return Map.of(
                "acc_old", one(flips.accOld()),
                "acc_new", one(flips.accNew()),
                "nfr", one(flips.nfr()),
                "nfi", one(flips.nfi()),
                "pfr", one(flips.pfr()),
                "pfi", one(flips.pfi()));
    }

    private static Map<String, Tensor> selectAlpha(GoldenCase golden) {
        AlphaChoice choice = AlphaChoice.of(
                toDoubles(golden.in("alpha")),
                toDoubles(golden.in("dev_acc")),
                toDoubles(golden.in("dev_nfr")),
                toDoubles(golden.in("acc_new"))[0],
                number(golden, "tolerance"),
                golden.params().has("max_nfr") ? (Double) number(golden, "max_nfr") : null);
        return Map.of("alpha", one(choice.alpha()), "feasible", longs(new long[] {choice.feasible() ? 1 : 0}));
    }

    private static Map<String, Tensor> sweep(GoldenCase golden) {
        Map<String, Tensor> old = model(golden, "old.");
        var net = TanhNet.of(old, golden.params().path("layernorm_eps").asDouble(LAYER_NORM_EPS));
        boolean weighted = golden.params().required("fisher").asBoolean();
        Map<String, Tensor> fisher =
                weighted ? information(golden, labels(golden, "fisher_variant"), Scale.MEAN_ONE, old) : Map.of();
        JsonNode alphas = golden.params().required("alphas");
        var config = new BcwiConfig(
                weighted ? BcwiConfig.Variant.FISHER : BcwiConfig.Variant.PLAIN,
                null,
                IntStream.range(0, alphas.size())
                        .mapToObj(i -> alphas.get(i).asDouble())
                        .toList(),
                golden.params().path("tolerance").asDouble(0),
                null,
                newLabelIds(golden),
                "classifier.out_proj",
                false);
        AlphaSweep sweep = AlphaSweep.run(
                config,
                new Bcwi(0, fisher, newLabelIds(golden), "classifier.out_proj"),
                old,
                news(golden),
                weights -> predicted(net, weights, golden.in("X")),
                predicted(net, old, golden.in("X")),
                golden.in("y"),
                new Seed(1));
        var table = new ArrayList<Double>();
        for (AlphaSweep.Row row : sweep.rows()) {
            table.addAll(List.of(
                    row.alpha(),
                    row.flips().accNew(),
                    row.flips().nfr(),
                    row.flips().nfi(),
                    row.distance()));
        }
        return Map.of(
                "table",
                doubles(
                        table.stream().mapToDouble(d -> d).toArray(),
                        sweep.rows().size(),
                        5),
                "alpha",
                one(sweep.choice().alpha()));
    }

    private static Tensor predicted(TanhNet net, Map<String, Tensor> weights, Tensor x) {
        return net.forward(Params.of(weights), new Batch(Map.of("x", x)), Pass.evaluation())
                .logits()
                .argmax(new LongOptional(1), false);
    }

    private static Map<String, Tensor> ensemble(GoldenCase golden) {
        Tensor probs = new ProbabilityEnsemble(number(golden, "alpha"), newLabelIds(golden))
                .probabilities(golden.in("old_logits"), golden.in("new_logits"));
        return Map.of("probs", probs, "pred", probs.argmax(new LongOptional(1), false));
    }

    private static Map<String, Tensor> distill(GoldenCase golden) {
        Distillation.Variant variant =
                switch (golden.params().required("variant").asString()) {
                    case "oldOnlyA" -> Distillation.Variant.OLD_ONLY_A;
                    case "oldOnly" -> Distillation.Variant.OLD_ONLY;
                    case "all" -> Distillation.Variant.ALL;
                    case "better" -> Distillation.Variant.BETTER;
                    default -> throw new IllegalArgumentException("unknown variant " + golden.params());
                };
        Tensor student = golden.in("student_logits").requires_grad_(true);
        Tensor loss = new Distillation(variant, number(golden, "alpha"), number(golden, "temperature"))
                .perRow(student, golden.in("teacher_logits"), golden.in("labels"), golden.in("is_old"))
                .mean();
        return Map.of("loss", loss.detach().reshape(1), "grad.student_logits", gradients(loss, false, student)[0]);
    }

    private static Map<String, Tensor> regularizers(GoldenCase golden) {
        Tensor w = golden.in("w").requires_grad_(true);
        Tensor old = golden.in("w_old");
        double p = number(golden, "p");
        var ewc = new Ewc(number(golden, "lambda"), Map.of("w", old), Map.of("w", golden.in("fisher")));
        Tensor ewcLoss = loss(golden, w).add(ewc.penalty(Map.of("w", w)));

        Tensor gradient = gradients(loss(golden, w), false, w)[0];
        Tensor decayed = w.detach().clone();
        ewc.decay(Map.of("w", decayed), number(golden, "lr"));
        decayed = decayed.sub(gradient, scalar(number(golden, "lr")));

        Tensor mask = golden.in("mixout_mask");
        Tensor official = Mixout.mix(w, old, mask, p, false);
        Tensor exact = Mixout.mix(w, old, mask, p, true);
        Tensor mixoutLoss = loss(golden, exact);
        return Map.of(
                "ewc_loss",
                ewcLoss.detach().reshape(1),
                "grad.ewc",
                gradients(ewcLoss, false, w)[0],
                "prior_wd_step",
                decayed,
                "mixout_weight",
                official.detach(),
                "mixout_loss",
                mixoutLoss.detach().reshape(1),
                "grad.mixout_true",
                gradients(mixoutLoss, false, w)[0],
                "grad.mixout_official",
                gradients(loss(golden, official), false, w)[0]);
    }

    private static Tensor loss(GoldenCase golden, Tensor w) {
        return torch.matmul(golden.in("X"), w.t()).sub(golden.in("Y")).square().mean();
    }
}
