package org.counterweight.golden;

import static org.counterweight.engine.Tensors.doubles;
import static org.counterweight.engine.Tensors.longs;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.Configs;
import org.counterweight.merge.dynamic.BetaMixture;
import org.counterweight.merge.dynamic.Coefficients;
import org.counterweight.merge.dynamic.Dawin;
import org.counterweight.merge.dynamic.DawinConfig;
import org.counterweight.merge.dynamic.DirichletMixture;
import org.counterweight.merge.dynamic.TaskCoefficients;
import org.counterweight.merge.dynamic.TemperatureScaling;
import org.counterweight.model.Batch;
import org.counterweight.testing.GoldenCase;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

final class DawinOps {
    static final Map<String, Op> ALL = Map.of(
            "dawin.coef", DawinOps::coefficients,
            "dawin.bmm", DawinOps::betaMixture,
            "dawin.dmm", DawinOps::dirichletMixture,
            "dawin.mtl_coef", DawinOps::taskCoefficients,
            "dawin.predict", DawinOps::predict,
            "dawin.temperature", DawinOps::temperature);

    private DawinOps() {}

    private static DawinConfig config(GoldenCase golden) {
        ObjectNode tree = Configs.JSON.createObjectNode();
        for (String key : List.of(
                "expertise",
                "offset_adjustment",
                "pseudo_label",
                "wise_alpha",
                "temperatures",
                "num_init",
                "max_iter",
                "tol")) {
            if (golden.params().has(key)) {
                tree.set(key, golden.params().get(key));
            }
        }
        if (golden.params().has("K")) {
            tree.set("bmm_ncluster", golden.params().get("K"));
        }
        return Configs.bind(tree, DawinConfig.class, "");
    }

    private static Tensor one(double value) {
        return doubles(new double[] {value});
    }

    private static double number(GoldenCase golden, String name) {
        return golden.params().required(name).asDouble();
    }

    private static Map<String, Tensor> coefficients(GoldenCase golden) {
        Coefficients found = Coefficients.of(
                config(golden),
                golden.in("logits0"),
                golden.in("logits1"),
                golden.inputs().get("labels"),
                golden.inputs().get("logits_merged"));
        return Map.of("coef", found.lambda(), "entropy0", found.entropy0(), "entropy1", found.entropy1());
    }

    private static Map<String, Tensor> betaMixture(GoldenCase golden) {
        Tensor coef = golden.in("coef");
        BetaMixture mixture = BetaMixture.fit(
                coef,
                golden.in("init_labels"),
                golden.params().required("K").asInt(),
                golden.params().required("max_iter").asInt(),
                number(golden, "tol"));
        return Map.of(
                "weights", mixture.weights(),
                "alpha", mixture.alpha(),
                "beta", mixture.beta(),
                "mean", mixture.mean(),
                "lower_bound", one(mixture.bound()),
                "responsibilities", mixture.responsibilities(coef),
                "labels", mixture.labels(coef),
                "iterations",
                        longs(IntStream.of(mixture.rounds()).mapToLong(i -> i).toArray()));
    }

    private static Map<String, Tensor> dirichletMixture(GoldenCase golden) {
        Tensor coef = golden.in("coef");
        DirichletMixture mixture = DirichletMixture.fit(
                coef,
                golden.in("init_labels"),
                golden.params().required("K").asInt(),
                golden.params().required("max_iter").asInt(),
                number(golden, "tol"));
        return Map.of(
                "mean", mixture.mean(),
                "precision", mixture.precision(),
                "weights", mixture.weights(),
                "responsibilities", mixture.responsibilities(coef),
                "lower_bound", one(mixture.bound()),
                "lambda", mixture.lambda(number(golden, "scale")));
    }

    private static Map<String, Tensor> taskCoefficients(GoldenCase golden) {
        TaskCoefficients found = TaskCoefficients.of(golden.in("logits"), number(golden, "scale"));
        return Map.of("prob", found.probability(), "lambda", found.lambda());
    }

    private static Map<String, Tensor> predict(GoldenCase golden) {
        Map<String, Tensor> w0 = model(golden, "w0.");
        DawinConfig config = config(golden);
        var dawin = new Dawin(config, TanhNet.of(w0, 0), w0, model(golden, "w1."));
        var batch = new Batch(Map.of("x", golden.in("X")));
        Dawin.Prediction prediction = config.bmmNcluster() == 0
                ? dawin.predict(batch, new org.counterweight.engine.Seed(1))
                : dawin.predict(batch, golden.in("init_labels"));
        var out = new LinkedHashMap<String, Tensor>();
        out.put("coef", prediction.coefficients().lambda());
        out.put("logits", prediction.logits());
        out.put("logits0", prediction.logits0());
        out.put("logits1", prediction.logits1());
        out.put("ensemble_probs", prediction.ensemble(config));
        if (config.bmmNcluster() > 0) {
            out.put("cluster_means", prediction.means());
            out.put("labels", prediction.clusters());
        }
        return out;
    }

    private static Map<String, Tensor> model(GoldenCase golden, String prefix) {
        var model = new LinkedHashMap<String, Tensor>();
        golden.inputs().forEach((name, tensor) -> {
            if (name.startsWith(prefix)) {
                model.put(name.substring(prefix.length()), tensor);
            }
        });
        return model;
    }

    private static Map<String, Tensor> temperature(GoldenCase golden) {
        JsonNode bounds = golden.params().path("bounds");
        TemperatureScaling found = TemperatureScaling.of(
                golden.in("logits"),
                golden.in("labels"),
                bounds.path(0).asDouble(0.05),
                bounds.path(1).asDouble(20));
        return Map.of("T", one(found.t()), "nll", one(found.nll()));
    }
}
