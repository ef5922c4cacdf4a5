package org.counterweight.golden;

import static org.counterweight.engine.Tensors.backward;
import static org.counterweight.engine.Tensors.gradients;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Tensors;
import org.counterweight.graph.domain.NodeMixup;
import org.counterweight.graph.domain.adversary.Adversary;
import org.counterweight.model.Batch;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.part.Normalization;
import org.counterweight.model.part.Perceptron;
import org.counterweight.model.part.graph.GcnLayer;
import org.counterweight.model.part.graph.GraphBatch;
import org.counterweight.model.part.graph.GraphLayer;
import org.counterweight.model.part.graph.MessageNorm;
import org.counterweight.model.part.graph.Messages;
import org.counterweight.model.part.graph.SageLayer;
import org.counterweight.model.zoo.graph.GraphNetwork;
import org.counterweight.testing.GoldenCase;
import org.counterweight.train.objective.CrossEntropy;
import org.counterweight.train.optimize.Adagrad;
import org.counterweight.train.optimize.Adam;
import org.counterweight.train.optimize.Gradients;
import org.counterweight.train.optimize.Optimizer;
import org.counterweight.train.optimize.RmsProp;
import org.counterweight.train.optimize.Sgd;
import org.counterweight.train.optimize.UpdateRule;
import tools.jackson.databind.JsonNode;

/** Operations of {@code strurw} on layers and whole networks. */
final class StruRwTrainingOps {
    private StruRwTrainingOps() {}

    static <E extends Enum<E>> E named(Class<E> type, JsonNode name) {
        return Enum.valueOf(type, name.asString().toUpperCase(Locale.ROOT));
    }

    private static MessageNorm norm(GoldenCase golden) {
        JsonNode name = golden.params().path("normalization");
        return name.isMissingNode() ? MessageNorm.UNWEIGHTED : named(MessageNorm.class, name);
    }

    private static GcnLayer gcnLayer(GoldenCase golden, boolean root) {
        return new GcnLayer(norm(golden), golden.params().path("add_self_loops").asBoolean(false), root);
    }

    private static GraphLayer layer(GoldenCase golden) {
        return golden.params().path("backbone").asString("GCN").equals("GS")
                ? new SageLayer(
                        norm(golden), golden.params().path("l2_normalize").asBoolean(false))
                : gcnLayer(golden, false);
    }

    private static Tensor factors(GoldenCase golden, String side, String lambda) {
        return Messages.factors(
                golden.in(side + "edge_weight"),
                golden.params().required(lambda).asDouble());
    }

    /** All nodes of a graph as rows, and how much its edges count. */
    private static Batch batch(Tensor x, Tensor edges, Tensor factors) {
        Tensor nodes = torch.arange(new Scalar(x.size(0)), Tensors.options(ScalarType.Long));
        return new Batch(
                Map.of(GraphBatch.NODE, nodes),
                Map.of(GraphBatch.FEATURES, x, GraphBatch.EDGE_INDEX, edges, GraphBatch.EDGE_WEIGHT, factors));
    }

    private static Map<String, Tensor> leaves(GoldenCase golden, String... prefixes) {
        var leaves = new LinkedHashMap<String, Tensor>();
        golden.inputs().forEach((name, tensor) -> {
            if (List.of(prefixes).stream().anyMatch(name::startsWith)) {
                leaves.put(name, tensor.clone().requires_grad_(true));
            }
        });
        return leaves;
    }

    /** The same tensors by the names of our layers, of which GCN's weight is that of a linear module. */
    private static Params params(Map<String, Tensor> leaves) {
        var renamed = new LinkedHashMap<String, Tensor>();
        leaves.forEach((name, leaf) -> renamed.put(
                name.replaceFirst("^(conv\\.\\d+\\.|)weight$", "$1lin.weight")
                        .replaceFirst("^conv([12])\\.weight_self$", "conv.$1.root.weight")
                        .replaceFirst("^conv([12])\\.weight$", "conv.$1.lin.weight")
                        .replaceFirst("^conv([12])\\.bias$", "conv.$1.bias")
                        .replaceFirst("^cls\\.(weight|bias)$", "cls.0.$1"),
                leaf));
        return Params.of(renamed);
    }

    private static Map<String, Tensor> convolved(GoldenCase golden, GraphLayer layer, Map<String, Tensor> leaves) {
        Params params = params(leaves);
        Tensor x = params.weight("x");
        var messages = new Messages(golden.in("edge_index"), factors(golden, "", "lambda"), x.size(0));
        Tensor received = layer.aggregate(params, layer.propagation(messages), x, Pass.evaluation());
        Tensor y = layer.combine(params, received, x, Pass.evaluation());
        backward(y, golden.in("grad_out"));
        var out = new LinkedHashMap<String, Tensor>();
        out.put("y", y.detach());
        leaves.forEach((name, leaf) -> out.put("grad." + name, leaf.grad()));
        return out;
    }

    static Map<String, Tensor> gcn(GoldenCase golden) {
        return convolved(golden, gcnLayer(golden, false), leaves(golden, "x", "weight", "bias"));
    }

    static Map<String, Tensor> sage(GoldenCase golden) {
        var layer =
                new SageLayer(norm(golden), golden.params().path("l2_normalize").asBoolean(false));
        return convolved(golden, layer, leaves(golden, "x", "lin.", "agg."));
    }

    /** The widths of layers by their biases. */
    private static List<Integer> widths(Map<String, Tensor> leaves, String name, String bias, int from, int layers) {
        return IntStream.range(from, from + layers)
                .mapToObj(i -> Math.toIntExact(
                        Objects.requireNonNull(leaves.get(name + i + bias)).size(0)))
                .toList();
    }

    private static GraphNetwork network(GoldenCase golden, Map<String, Tensor> leaves, Tensor x) {
        GraphLayer layer = layer(golden);
        List<Integer> hidden = widths(
                leaves,
                "conv.",
                layer instanceof GcnLayer ? ".bias" : ".agg.bias",
                0,
                golden.params().required("layers").asInt());
        List<Integer> head = widths(
                leaves,
                "cls.",
                ".bias",
                0,
                golden.params().required("cls_layers").asInt());
        return new GraphNetwork(
                layer,
                Math.toIntExact(x.size(1)),
                hidden,
                head.subList(0, head.size() - 1),
                head.get(head.size() - 1),
                golden.params().path("dropout").asDouble(0),
                Normalization.NONE);
    }

    private static Tensor classLoss(Tensor logits, Tensor labels, Tensor nodes) {
        return new CrossEntropy(0)
                .of(logits.index_select(0, nodes), labels.index_select(0, nodes))
                .perRow()
                .mean();
    }

    private static Tensor one(Tensor scalar) {
        return scalar.detach().clone().reshape(1);
    }

    private static UpdateRule rule(JsonNode params) {
        String name = params.path("optimizer").asString("adam");
        JsonNode betas = params.path("betas");
        return switch (name) {
            case "adam" ->
                new Adam(
                        betas.path(0).asDouble(0.9),
                        betas.path(1).asDouble(0.999),
                        params.path("eps").asDouble(1e-8),
                        false);
            case "sgd" -> new Sgd(params.path("momentum").asDouble(0.95), false);
            case "rmsprop" ->
                new RmsProp(
                        params.path("rho").asDouble(0.99), params.path("eps").asDouble(1e-8));
            case "adagrad" -> new Adagrad(params.path("eps").asDouble(1e-10));
            default -> throw new IllegalArgumentException("unknown optimizer " + name);
        };
    }

    static Map<String, Tensor> erm(GoldenCase golden) {
        JsonNode params = golden.params();
        Map<String, Tensor> leaves = leaves(golden, "conv.", "cls.");
        List<Tensor> trained = List.copyOf(leaves.values());
        Params weights = params(leaves);
        GraphNetwork network = network(golden, leaves, golden.in("x"));
        Batch batch = batch(golden.in("x"), golden.in("edge_index"), factors(golden, "", "lambda"));
        var out = new LinkedHashMap<String, Tensor>();
        int steps = params.required("steps").asInt();
        try (Optimizer optimizer = Optimizer.of(
                rule(params),
                leaves,
                params.required("lr").asDouble(),
                params.path("weight_decay").asDouble(0))) {
            for (int step = 0; step <= steps; step++) {
                Gradients.clear(trained);
                Tensor embedding = network.embeddings(weights, batch, Pass.evaluation());
                Tensor logits =
                        network.head(weights, embedding, Pass.evaluation()).logits();
                Tensor loss = classLoss(logits, golden.in("labels"), golden.in("train_index"));
                if (step == steps) {
                    out.put("final_loss", one(loss));
                    break;
                }
                loss.backward();
                if (step == 0) {
                    out.put("embedding", embedding.detach());
                    out.put("logits", logits.detach());
                    out.put("loss", one(loss));
                    leaves.forEach(
                            (name, leaf) -> out.put("grad." + name, leaf.grad().clone()));
                }
                optimizer.step(1);
            }
        }
        leaves.forEach((name, leaf) -> out.put("after." + name, leaf.detach()));
        return out;
    }

    static Map<String, Tensor> adversarial(GoldenCase golden) {
        Map<String, Tensor> leaves = leaves(golden, "conv.", "cls.", "dc.");
        Params weights = params(leaves);
        Tensor targetEdges = golden.in("tgt_edge_index");
        Tensor targetX = golden.in("tgt_x");
        Tensor ones = torch.ones(new long[] {targetEdges.size(1)}, Tensors.options(targetX));
        GraphNetwork network = network(golden, leaves, targetX);
        Batch source = batch(golden.in("src_x"), golden.in("src_edge_index"), factors(golden, "src_", "lambda"));
        Tensor sourceEmbedding = network.embeddings(weights, source, Pass.evaluation());
        Tensor targetEmbedding = network.embeddings(weights, batch(targetX, targetEdges, ones), Pass.evaluation());
        Tensor logits =
                network.head(weights, sourceEmbedding, Pass.evaluation()).logits();
        int layers = golden.params().required("dc_layers").asInt();
        var discriminator = new Perceptron(widths(leaves, "dc.", ".bias", 0, layers - 1), 1);
        Adversary.Verdict verdict = new Adversary(discriminator)
                .judge(
                        weights.at("dc"),
                        sourceEmbedding,
                        targetEmbedding,
                        golden.params().required("alpha").asDouble());
        Tensor classLoss = classLoss(logits, golden.in("src_labels"), golden.in("train_index"));
        classLoss.add(verdict.sourceLoss()).add(verdict.targetLoss()).backward();
        var out = new LinkedHashMap<String, Tensor>();
        out.put("class_loss", one(classLoss));
        out.put("domain_loss_src", one(verdict.sourceLoss()));
        out.put("domain_loss_tgt", one(verdict.targetLoss()));
        out.put("src_domain_prob", verdict.source().sigmoid().detach());
        out.put("tgt_domain_prob", verdict.target().sigmoid().detach());
        out.put("src_logits", logits.detach());
        out.put(
                "tgt_logits",
                network.head(weights, targetEmbedding, Pass.evaluation())
                        .logits()
                        .detach());
        leaves.forEach((name, leaf) -> out.put("grad." + name, leaf.grad()));
        return out;
    }

    static Map<String, Tensor> mixup(GoldenCase golden) {
        Map<String, Tensor> leaves = leaves(golden, "conv1.", "conv2.", "cls.");
        Tensor x = golden.in("x");
        Tensor perm = golden.in("perm");
        Tensor labels = golden.in("labels");
        Tensor train = golden.in("train_index");
        var network = new GraphNetwork(
                gcnLayer(golden, true),
                Math.toIntExact(x.size(1)),
                widths(leaves, "conv", ".bias", 1, 2),
                List.of(),
                golden.params().required("num_classes").asInt(),
                golden.params().path("dropout").asDouble(0),
                Normalization.NONE);
        var mix = new NodeMixup(golden.params().required("mix_lambda").asDouble(), perm);
        Tensor edges = golden.in("edge_index");
        Batch batch = batch(x, edges, factors(golden, "", "rw_lambda"));
        Tensor logits = mix.logits(network, fromOne(params(leaves)), batch, Pass.evaluation());
        Tensor loss = mix.loss(logits, labels, (of, told) -> classLoss(of, told, train));
        var out = new LinkedHashMap<String, Tensor>();
        out.put("edge_index_b", perm.argsort().index_select(0, edges.flatten()).view(Tensors.shape(edges)));
        out.put("log_probs", Tensors.logSoftmax(logits, 1).detach());
        out.put("loss", one(loss));
        Tensor[] found = gradients(loss, false, leaves.values().toArray(Tensor[]::new));
        int i = 0;
        for (String name : leaves.keySet()) {
            out.put("grad." + name, found[i++]);
        }
        return out;
    }

    /** Layers that are counted from 1, counted from 0. */
    private static Params fromOne(Params params) {
        var renamed = new LinkedHashMap<String, Tensor>();
        params.weights()
                .forEach((name, tensor) -> renamed.put(
                        name.replaceFirst("^conv\\.1\\.", "conv.0.").replaceFirst("^conv\\.2\\.", "conv.1."), tensor));
        return Params.of(renamed);
    }
}
