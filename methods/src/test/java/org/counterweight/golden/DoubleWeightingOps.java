package org.counterweight.golden;

import static org.counterweight.engine.Tensors.doubles;
import static org.counterweight.engine.Tensors.longs;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.shift.doubleweighting.Bandwidth;
import org.counterweight.shift.doubleweighting.DoubleWeights;
import org.counterweight.shift.doubleweighting.DoubleWeights.Limits;
import org.counterweight.shift.doubleweighting.minimax.Expectations;
import org.counterweight.shift.doubleweighting.minimax.FeatureMap;
import org.counterweight.shift.doubleweighting.minimax.LabelEncoding;
import org.counterweight.shift.doubleweighting.minimax.MinimaxClassifier;
import org.counterweight.shift.doubleweighting.minimax.MinimaxLoss;
import org.counterweight.shift.doubleweighting.minimax.MinimaxRisk;
import org.counterweight.shift.doubleweighting.ratio.Kliep;
import org.counterweight.shift.doubleweighting.ratio.LogisticRatio;
import org.counterweight.shift.doubleweighting.ratio.RelativeRatio;
import org.counterweight.shift.doubleweighting.table.DoubleFit;
import org.counterweight.shift.doubleweighting.table.DoubleWeighting;
import org.counterweight.shift.measure.EffectiveSize;
import org.counterweight.testing.GoldenCase;
import tools.jackson.databind.JsonNode;

final class DoubleWeightingOps {
    static final Map<String, Op> ALL = Map.of(
            "features", DoubleWeightingOps::features,
            "sigma", DoubleWeightingOps::sigma,
            "dwkmm", DoubleWeightingOps::weights,
            "tau_lambda", DoubleWeightingOps::expectations,
            "mrc_objective", DoubleWeightingOps::objective,
            "mrc_learn", DoubleWeightingOps::learn,
            "fit", DoubleWeightingOps::fit,
            "density_ratio", DoubleWeightingOps::ratios);

    private DoubleWeightingOps() {}

    private static Tensor one(double value) {
        return doubles(new double[] {value});
    }

    private static double number(GoldenCase golden, String name) {
        return golden.params().required(name).asDouble();
    }

    private static <E extends Enum<E>> E named(GoldenCase golden, String name, Class<E> type) {
        String value = golden.params().required(name).asString();
        return Enum.valueOf(type, value.equals("0-1") ? "ZERO_ONE" : value.toUpperCase(Locale.ROOT));
    }

    private static double d(JsonNode value) {
        return value.isString() ? Double.POSITIVE_INFINITY : value.asDouble();
    }

    private static double epsilon(GoldenCase golden) {
        JsonNode value = golden.params().path("epsilon");
        return value.isNumber() ? value.asDouble() : Double.NaN;
    }

    private static Map<String, Tensor> features(GoldenCase golden) {
        var map = new FeatureMap(
                named(golden, "kind", FeatureMap.Kind.class),
                golden.params().required("intercept").asBoolean(),
                golden.inputs().get("u"));
        int labels = golden.params().required("labels").asInt();
        return Map.of("phi", named(golden, "encoding", LabelEncoding.class).joint(map.of(golden.in("x")), labels));
    }

    private static Map<String, Tensor> sigma(GoldenCase golden) {
        var out = new LinkedHashMap<String, Tensor>();
        for (Bandwidth rule : Bandwidth.values()) {
            if (rule != Bandwidth.MEDIAN) {
                out.put(rule.name().toLowerCase(Locale.ROOT), one(rule.of(golden.in("x"))));
            }
        }
        return out;
    }

    private static Map<String, Tensor> weights(GoldenCase golden) {
        var limits = new Limits(d(golden.params().required("D")), number(golden, "B"), epsilon(golden));
        DoubleWeights found = DoubleWeights.of(golden.in("x_tr"), golden.in("x_te"), number(golden, "sigma"), limits);
        return Map.of("beta", found.beta(), "alpha", found.alpha(), "objective", one(found.objective()));
    }

    private static Map<String, Tensor> expectations(GoldenCase golden) {
        int labels = golden.params().required("labels").asInt();
        LabelEncoding encoding = named(golden, "encoding", LabelEncoding.class);
        Tensor own = LabelEncoding.ofOwn(encoding.joint(golden.in("x_tr"), labels), golden.in("y_tr"));
        Tensor tau = Expectations.tau(own, golden.in("beta"));
        Tensor phi =
                encoding.joint(golden.in("x_te"), labels).mul(golden.in("alpha").view(-1, 1, 1));
        Expectations found = Expectations.around(tau, phi, number(golden, "delta"));
        return Map.of("tau", tau, "lambda_sum", one(found.lambda().sum().item_double()));
    }

    private static MinimaxRisk risk(GoldenCase golden) {
        return new MinimaxRisk(
                named(golden, "loss", MinimaxLoss.class),
                golden.in("phi_alpha"),
                golden.in("tau"),
                golden.in("lam"),
                golden.inputs().get("weight"));
    }

    private static Map<String, Tensor> objective(GoldenCase golden) {
        MinimaxRisk risk = risk(golden);
        Tensor mu = golden.in("mu");
        Tensor y = golden.in("y");
        return Map.of(
                "value", one(risk.value(mu)),
                "psi", risk.loss().psi(risk.scores(mu)),
                "h", risk.probabilities(mu),
                "label", risk.labels(mu),
                "grad.mu", risk.gradient(mu),
                "expected_loss", one(risk.expectedLoss(mu, y)),
                "bound", one(risk.bound(mu, y)));
    }

    private static Map<String, Tensor> learn(GoldenCase golden) {
        MinimaxRisk risk = risk(golden);
        MinimaxClassifier found = MinimaxClassifier.learn(risk);
        var out = new LinkedHashMap<String, Tensor>();
        out.put("risk", one(found.value()));
        if (risk.loss() == MinimaxLoss.LOG) {
            out.put("h", risk.probabilities(found.mu()));
        }
        return out;
    }

    private static Map<String, Tensor> fit(GoldenCase golden) {
        var ds = new ArrayList<Double>();
        golden.params().required("D").forEach(value -> ds.add(d(value)));
        var method = new DoubleWeighting(
                FeatureMap.of(
                        FeatureMap.Kind.LINEAR,
                        golden.params().required("intercept").asBoolean()),
                named(golden, "encoding", LabelEncoding.class),
                named(golden, "loss", MinimaxLoss.class),
                golden.params().required("labels").asInt(),
                number(golden, "delta"),
                0);
        List<DoubleFit> fits = method.fit(
                golden.in("x_tr"),
                golden.in("y_tr"),
                golden.in("x_te"),
                number(golden, "sigma"),
                number(golden, "B"),
                epsilon(golden),
                ds);
        return Map.of(
                "risks", doubles(fits.stream().mapToDouble(DoubleFit::risk).toArray()),
                "lambda_sum",
                        doubles(fits.stream()
                                .mapToDouble(
                                        fit -> fit.expectations().lambda().sum().item_double())
                                .toArray()),
                "selected", longs(new long[] {DoubleWeighting.selected(fits)}));
    }

    private static Map<String, Tensor> ratios(GoldenCase golden) {
        Tensor train = golden.in("x_tr");
        Tensor deployed = golden.in("x_te");
        Tensor centers = golden.in("centers");
        double sigma = number(golden, "sigma");
        double ridge = number(golden, "ridge");
        Tensor kmm = DoubleWeights.of(train, deployed, sigma, new Limits(1, number(golden, "B"), epsilon(golden)))
                .beta();
        Tensor rulsif = RelativeRatio.fit(train, deployed, centers, sigma, number(golden, "rulsif_alpha"), ridge)
                .at(train);
        return Map.of(
                "kmm", kmm,
                "ulsif",
                        RelativeRatio.fit(train, deployed, centers, sigma, 0, ridge)
                                .at(train),
                "rulsif", rulsif,
                "kliep", Kliep.fit(train, deployed, centers, sigma).at(train),
                "logistic",
                        LogisticRatio.fit(train, deployed, number(golden, "logistic_ridge"))
                                .at(train),
                "ess_kmm", one(EffectiveSize.of(kmm)),
                "ess_rulsif", one(EffectiveSize.of(rulsif)));
    }
}
