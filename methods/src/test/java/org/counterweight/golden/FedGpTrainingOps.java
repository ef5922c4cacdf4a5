package org.counterweight.golden;

import static org.counterweight.engine.Tensors.doubles;
import static org.counterweight.golden.FedGpOps.FEDGP;
import static org.counterweight.golden.FedGpOps.aggregation;
import static org.counterweight.golden.FedGpOps.number;
import static org.counterweight.golden.FedGpOps.one;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Seed;
import org.counterweight.federate.BetaSource;
import org.counterweight.federate.ClientReport;
import org.counterweight.federate.Round;
import org.counterweight.federate.aggregate.Aggregation;
import org.counterweight.federate.aggregate.CosineScaled;
import org.counterweight.federate.aggregate.FedDa;
import org.counterweight.federate.aggregate.Granularity;
import org.counterweight.federate.client.LocalResult;
import org.counterweight.federate.client.LocalTraining;
import org.counterweight.federate.client.Recording;
import org.counterweight.federate.personal.Apfl;
import org.counterweight.federate.personal.Ditto;
import org.counterweight.federate.personal.LossGradient;
import org.counterweight.federate.personal.NearestNeighbours;
import org.counterweight.federate.weigh.BetaRule;
import org.counterweight.model.Batch;
import org.counterweight.model.part.Activation;
import org.counterweight.model.zoo.image.Mlp;
import org.counterweight.testing.GoldenCase;
import org.counterweight.train.optimize.Adam;
import org.counterweight.train.optimize.Sgd;
import org.counterweight.train.optimize.UpdateRule;

/** Those operations of {@code fedgp} that train: a client, a round, a step of the personal models. */
final class FedGpTrainingOps {
    private FedGpTrainingOps() {}

    private static UpdateRule optimizer(GoldenCase golden) {
        String name = golden.params().required("optimizer").asString();
        return switch (name) {
            case "adam" -> new Adam(0.9, 0.999, 1e-8, false);
            case "sgd" -> new Sgd(0, false);
            default -> throw new IllegalArgumentException("unknown optimizer " + name);
        };
    }

    /** The weights of a Sequential of linear layers with ReLU between, under our names, and theirs by ours. */
    private record Net(Map<String, Tensor> weights, Map<String, String> names) {
        static Net of(GoldenCase golden, String prefix) {
            List<String> theirs = golden.inputs().keySet().stream()
                    .filter(name -> name.startsWith(prefix) && name.endsWith("weight"))
                    .map(name -> name.substring(prefix.length(), name.length() - "weight".length()))
                    .sorted((a, b) -> a.isEmpty() ? 0 : Integer.compare(place(a), place(b)))
                    .toList();
            var weights = new LinkedHashMap<String, Tensor>();
            var names = new LinkedHashMap<String, String>();
            for (String layer : theirs) {
                String own = "layers." + theirs.indexOf(layer) + ".";
                for (String part : List.of("weight", "bias")) {
                    if (golden.inputs().containsKey(prefix + layer + part)) {
                        weights.put(own + part, golden.in(prefix + layer + part));
                        names.put(own + part, layer + part);
                    }
                }
            }
            return new Net(weights, names);
        }

        private static int place(String layer) {
            return Integer.parseInt(layer.substring(0, layer.length() - 1));
        }

        Mlp model() {
            List<Tensor> matrices = weights.entrySet().stream()
                    .filter(entry -> entry.getKey().endsWith(".weight"))
                    .map(Map.Entry::getValue)
                    .toList();
            List<Integer> widths =
                    matrices.stream().map(matrix -> (int) matrix.size(0)).toList();
            int last = widths.size() - 1;
            return new Mlp(
                    (int) matrices.get(0).size(1), widths.subList(0, last), widths.get(last), Activation.RELU, 0);
        }

        void put(Map<String, Tensor> out, String prefix, Map<String, Tensor> own) {
            own.forEach((name, tensor) -> out.put(prefix + names.get(name), tensor));
        }
    }

    private static Batch batch(Tensor x, Tensor y) {
        return new Batch(Map.of(Batch.INPUTS, x, Batch.LABELS, y));
    }

    private static List<Batch> batches(Tensor x, Tensor y) {
        return IntStream.range(0, Math.toIntExact(x.size(0)))
                .mapToObj(i -> batch(x.select(0, i), y.select(0, i)))
                .toList();
    }

    static Map<String, Tensor> localTrain(GoldenCase golden) {
        Net net = Net.of(golden, "init.");
        var training = new LocalTraining(
                optimizer(golden),
                number(golden, "lr"),
                golden.params().required("epochs").asInt(),
                Recording.FULL);
        LocalResult found = training.train(
                net.model(), net.weights(), batches(golden.in("batches_x"), golden.in("batches_y")), new Seed(0));
        var out = new LinkedHashMap<String, Tensor>();
        out.put("batch_updates", Objects.requireNonNull(found.perStep()));
        out.put("mean_update", found.mean());
        out.put(
                "losses",
                doubles(found.losses().stream().mapToDouble(Double::doubleValue).toArray()));
        net.put(out, "final.", found.weights());
        return out;
    }

    static Map<String, Tensor> round(GoldenCase golden) {
        Net net = Net.of(golden, "global.");
        ClientReport target = report(golden, net, "target", golden.in("target_x"), golden.in("target_y"));
        var sources = new ArrayList<ClientReport>();
        for (int i = 0; i < golden.params().required("num_clients").asInt(); i++) {
            Tensor x = golden.in("source_x").select(0, i);
            sources.add(
                    report(golden, net, "source" + i, x, golden.in("source_y").select(0, i)));
        }
        String name = golden.params().required("rule").asString();
        BetaRule beta = BetaRule.valueOf(name.toUpperCase(Locale.ROOT));
        boolean isFedDa = beta == BetaRule.FEDDA;
        Granularity granularity = Granularity.valueOf(
                golden.params().path("granularity").asString("layer").toUpperCase(Locale.ROOT));
        Aggregation official = aggregation(isFedDa ? new FedDa(false) : new CosineScaled(), Granularity.LAYER);
        Aggregation exact = aggregation(isFedDa ? new FedDa(true) : FEDGP, granularity);
        var out = new LinkedHashMap<String, Tensor>();
        put(out, net, "official.", new Round(official, new BetaSource.Auto(beta, false), false), target, sources);
        put(out, net, "exact.", new Round(exact, new BetaSource.Auto(beta, true), false), target, sources);
        return out;
    }

    private static ClientReport report(GoldenCase golden, Net net, String client, Tensor x, Tensor y) {
        boolean isTarget = client.equals("target");
        double rate = number(golden, isTarget ? "lr_target" : "lr_source");
        Recording recording = isTarget ? Recording.FULL : Recording.NONE;
        var training = new LocalTraining(optimizer(golden), rate, 1, recording);
        return new ClientReport(client, rate, training.train(net.model(), net.weights(), batches(x, y), new Seed(0)));
    }

    private static void put(
            Map<String, Tensor> out,
            Net net,
            String prefix,
            Round round,
            ClientReport target,
            List<ClientReport> sources) {
        Round.Outcome found = round.next(net.weights(), target, sources);
        net.put(out, prefix, found.global());
        out.put(
                prefix + "beta",
                doubles(found.betas().values().stream()
                        .mapToDouble(Double::doubleValue)
                        .toArray()));
    }

    static Map<String, Tensor> personalize(GoldenCase golden) {
        Tensor w = golden.in("w_global");
        String name = "layers.0.weight";
        var model = new Mlp((int) w.size(1), List.of(), (int) w.size(0), Activation.RELU, 0);
        LossGradient gradient = LossGradient.of(model, batch(golden.in("x"), golden.in("y")));
        Map<String, Tensor> global = Map.of(name, w);
        Map<String, Tensor> personal = Map.of(name, golden.in("v_personal"));
        double rate = number(golden, "lr");
        double alpha = number(golden, "apfl_alpha");
        Apfl.State apfl = new Apfl(rate).step(new Apfl.State(global, personal, alpha), gradient);
        Tensor queries = golden.in("knn_queries");
        Tensor probabilities = golden.in("global_probs");
        var neighbours = new NearestNeighbours(
                golden.in("knn_keys"),
                golden.in("y"),
                (int) probabilities.size(1),
                golden.params().required("knn_k").asInt());
        var out = new LinkedHashMap<String, Tensor>();
        out.put(
                "ditto_v",
                new Ditto(rate, number(golden, "ditto_lambda"))
                        .step(personal, global, gradient)
                        .get(name));
        out.put("apfl_w", apfl.global().get(name));
        out.put("apfl_v", apfl.personal().get(name));
        out.put("apfl_alpha", one(apfl.alpha()));
        out.put("apfl_mixed", apfl.mixed(alpha).get(name));
        out.put("knn_probs", neighbours.probabilities(queries));
        out.put("knn_per", neighbours.mixed(queries, probabilities, number(golden, "knn_lambda")));
        return out;
    }
}
