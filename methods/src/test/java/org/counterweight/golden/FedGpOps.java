package org.counterweight.golden;

import static org.counterweight.engine.Tensors.doubles;
import static org.counterweight.engine.Tensors.slice;
import static org.counterweight.engine.Tensors.toDoubles;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.federate.aggregate.Aggregation;
import org.counterweight.federate.aggregate.BatchNormRule;
import org.counterweight.federate.aggregate.CosineScaled;
import org.counterweight.federate.aggregate.FedAvg;
import org.counterweight.federate.aggregate.FedDa;
import org.counterweight.federate.aggregate.FedGp;
import org.counterweight.federate.aggregate.Granularity;
import org.counterweight.federate.aggregate.Rule;
import org.counterweight.federate.client.Alignment;
import org.counterweight.federate.client.ClientWeights;
import org.counterweight.federate.client.SourceUpdate;
import org.counterweight.federate.client.Updates;
import org.counterweight.federate.weigh.BetaRule;
import org.counterweight.federate.weigh.DeltaError;
import org.counterweight.federate.weigh.Distances;
import org.counterweight.federate.weigh.Estimate;
import org.counterweight.federate.weigh.FullEstimate;
import org.counterweight.federate.weigh.LeanEstimate;
import org.counterweight.testing.GoldenCase;
import tools.jackson.databind.JsonNode;

/** Operations of {@code fedgp}. */
final class FedGpOps {
    static final Map<String, Op> ALL = Map.of(
            "project", FedGpOps::project,
            "aggregate", FedGpOps::aggregate,
            "aggregate_cosine", FedGpOps::aggregateCosine,
            "estimate", FedGpOps::estimate,
            "estimate_lean", FedGpOps::estimateLean,
            "delta_error", FedGpOps::deltaError,
            "local_train", FedGpTrainingOps::localTrain,
            "round", FedGpTrainingOps::round,
            "personalize", FedGpTrainingOps::personalize);

    static final FedGp FEDGP = new FedGp(true);

    private FedGpOps() {}

    static double number(GoldenCase golden, String name) {
        return golden.params().required(name).asDouble();
    }

    static Tensor one(double value) {
        return doubles(new double[] {value});
    }

    static Aggregation aggregation(Rule rule, Granularity granularity) {
        return new Aggregation(rule, granularity, BatchNormRule.PROJECTED);
    }

    // Aggregation.

    private static Map<String, Tensor> project(GoldenCase golden) {
        Tensor target = golden.in("g_target");
        Tensor source = golden.in("g_source");
        double beta = number(golden, "beta");
        var single = List.of(new SourceUpdate("0", Map.of("g", source), 1, beta, 1));
        return Map.of(
                "proj_plus", FEDGP.project(target, source),
                "fedgp_single", update(FEDGP, Granularity.LAYER, Map.of("g", target), single),
                "fedda_single", update(new FedDa(true), Granularity.LAYER, Map.of("g", target), single));
    }

    /** What is added to a state. */
    private static Tensor update(
            Rule rule, Granularity granularity, Map<String, Tensor> target, List<SourceUpdate> sources) {
        var zeros = new LinkedHashMap<String, Tensor>();
        target.forEach((name, tensor) -> zeros.put(name, torch.zeros_like(tensor)));
        return Updates.flat(aggregation(rule, granularity).apply(zeros, target, sources));
    }

    private static Map<String, Tensor> layers(GoldenCase golden, Tensor flat) {
        var layers = new LinkedHashMap<String, Tensor>();
        long from = 0;
        for (JsonNode size : golden.params().required("layer_sizes")) {
            layers.put("layer" + layers.size(), slice(flat, 0, from, from + size.asLong()));
            from += size.asLong();
        }
        return layers;
    }

    private static Map<String, Tensor> aggregate(GoldenCase golden) {
        double[] betas = toDoubles(golden.in("beta"));
        double[] weights = toDoubles(golden.in("client_weights"));
        var sources = new ArrayList<SourceUpdate>();
        for (int i = 0; i < betas.length; i++) {
            Map<String, Tensor> layers = layers(golden, golden.in("g_sources").select(0, i));
            sources.add(new SourceUpdate(String.valueOf(i), layers, weights[i], betas[i], 1));
        }
        Map<String, Tensor> target = layers(golden, golden.in("g_target"));
        return Map.of(
                "fedda", update(new FedDa(true), Granularity.LAYER, target, sources),
                "fedgp_global", update(FEDGP, Granularity.GLOBAL, target, sources),
                "fedgp_layerwise", update(FEDGP, Granularity.LAYER, target, sources));
    }

    private static Map<String, Tensor> state(GoldenCase golden, String whose) {
        var state = new LinkedHashMap<String, Tensor>();
        for (JsonNode name : golden.params().required("tensors")) {
            state.put(name.asString(), golden.in(whose + "." + name.asString()));
        }
        return state;
    }

    private static void put(Map<String, Tensor> out, String prefix, Map<String, Tensor> tensors) {
        tensors.forEach((name, tensor) -> out.put(prefix + name, tensor));
    }

    private static Map<String, Tensor> aggregateCosine(GoldenCase golden) {
        double[] sizes = toDoubles(golden.in("client_sizes"));
        double[] betas = toDoubles(golden.in("beta"));
        double[] weights = ClientWeights.bySize(sizes);
        Map<String, Tensor> global = state(golden, "global");
        Map<String, Tensor> target = Updates.difference(state(golden, "target"), global, "target");
        var auto = new ArrayList<SourceUpdate>();
        var fixed = new ArrayList<SourceUpdate>();
        var states = new ArrayList<Map<String, Tensor>>();
        for (int i = 0; i < sizes.length; i++) {
            Map<String, Tensor> state = state(golden, "source" + i);
            states.add(state);
            Map<String, Tensor> update = Updates.difference(state, global, "source" + i);
            double scale = Alignment.ofRound(
                    number(golden, "lr_target"),
                    number(golden, "lr_source"),
                    number(golden, "n_target_samples") / number(golden, "target_batch_size"),
                    sizes[i] / number(golden, "source_batch_size"));
            auto.add(new SourceUpdate("source" + i, update, weights[i], betas[i], scale));
            fixed.add(new SourceUpdate("source" + i, update, weights[i], number(golden, "beta_static"), scale));
        }
        Aggregation cosine = aggregation(new CosineScaled(), Granularity.LAYER);
        Aggregation raw = aggregation(new FedDa(false), Granularity.LAYER);
        var out = new LinkedHashMap<String, Tensor>();
        put(out, "fedgp_auto.", cosine.apply(global, target, auto));
        put(out, "fedgp_static.", cosine.apply(global, target, fixed));
        put(out, "fedda_auto.", raw.apply(global, target, auto));
        put(out, "fedavg.", new FedAvg(ScalarType.Float).average(states, weights));
        return out;
    }

    // Weighing.

    private static List<Tensor> rows(Tensor matrix) {
        return IntStream.range(0, Math.toIntExact(matrix.size(0)))
                .mapToObj(i -> matrix.select(0, i))
                .toList();
    }

    private static Tensor each(Estimate estimate, ToDoubleFunction<Distances> figure) {
        return doubles(estimate.sources().stream().mapToDouble(figure).toArray());
    }

    private static Map<String, Tensor> estimate(GoldenCase golden) {
        JsonNode params = golden.params();
        Tensor steps = golden.in("target_grads");
        Estimate found = FullEstimate.of(
                steps,
                rows(golden.in("source_grads")),
                params.path("clamp_zero").asBoolean(true));
        double unit = params.path("normalize_by_dim").asBoolean(true) ? steps.size(1) : 1;
        return Map.of(
                "target_var", one(found.variance() / unit),
                "target_norm_sq", one(found.target() / unit),
                "source_target_dist_sq", each(found, source -> source.distance() / unit),
                "projected_dist_sq", each(found, source -> source.projected() / unit),
                "delta", each(found, Distances::delta),
                "beta_fedda", doubles(found.betas(BetaRule.FEDDA)),
                "beta_fedgp", doubles(found.betas(BetaRule.FEDGP)),
                "beta_fedgp_thresh", doubles(found.betas(BetaRule.FEDGP_THRESH)),
                "beta_fedgp_dim", doubles(found.betas(BetaRule.FEDGP_DIM)));
    }

    private static Map<String, Tensor> estimateLean(GoldenCase golden) {
        var lean = new LeanEstimate(
                golden.in("mean_target"),
                toDoubles(golden.in("sum_sq_target"))[0],
                golden.params().required("num_batches").asLong());
        Estimate found = lean.of(rows(golden.in("source_grads")), true);
        return Map.of(
                "target_var", one(found.variance()),
                "source_target_dist_sq", each(found, Distances::distance),
                "projected_dist_sq", each(found, Distances::projected),
                "beta_fedda", doubles(found.betas(BetaRule.FEDDA)),
                "beta_fedgp", doubles(found.betas(BetaRule.FEDGP)));
    }

    private static Map<String, Tensor> deltaError(GoldenCase golden) {
        double[] betas = toDoubles(golden.in("beta"));
        double[] variances = toDoubles(golden.in("sigma2"));
        double[] distances = toDoubles(golden.in("d2"));
        double[] sines = toDoubles(golden.in("tau2"));
        double[] passing = toDoubles(golden.in("delta"));
        double[] norms = toDoubles(golden.in("target_norm_sq"));
        var found = new ArrayList<Distances>();
        for (int i = 0; i < betas.length; i++) {
            found.add(new Distances(
                    variances[i],
                    distances[i],
                    sines[i] * distances[i],
                    passing[i],
                    norms[i],
                    golden.params().required("dim").asLong(),
                    false));
        }
        var estimate = new Estimate(variances[0], norms[0], found);
        var out = new LinkedHashMap<String, Tensor>();
        for (DeltaError error : DeltaError.values()) {
            double[] errors = new double[betas.length];
            Arrays.setAll(errors, i -> error.at(betas[i], found.get(i)));
            String name = error == DeltaError.FILTERED
                    ? "fedgp_filtered"
                    : error.name().toLowerCase(Locale.ROOT);
            out.put(name, doubles(errors));
        }
        for (BetaRule rule : BetaRule.values()) {
            if (rule != BetaRule.FEDGP_THRESH) {
                out.put("best_beta_" + rule.name().toLowerCase(Locale.ROOT), doubles(estimate.betas(rule)));
            }
        }
        return out;
    }
}
