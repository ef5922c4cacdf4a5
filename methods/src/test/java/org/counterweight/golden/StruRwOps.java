package org.counterweight.golden;

import static org.counterweight.engine.Tensors.backward;
import static org.counterweight.engine.Tensors.doubles;
import static org.counterweight.engine.Tensors.gradients;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Tensors;
import org.counterweight.graph.Reversal;
import org.counterweight.graph.Updates;
import org.counterweight.graph.align.PairAlign;
import org.counterweight.graph.layer.Backbone;
import org.counterweight.graph.layer.Convolution;
import org.counterweight.graph.layer.Messages;
import org.counterweight.graph.layer.Normalization;
import org.counterweight.graph.layer.Propagation;
import org.counterweight.graph.layer.Sage;
import org.counterweight.graph.network.Adversary;
import org.counterweight.graph.network.Encoder;
import org.counterweight.graph.network.Losses;
import org.counterweight.graph.network.NodeMixup;
import org.counterweight.graph.network.Perceptron;
import org.counterweight.graph.optimize.Adagrad;
import org.counterweight.graph.optimize.RmsProp;
import org.counterweight.graph.structure.GraphAverage;
import org.counterweight.graph.structure.LabelledGraph;
import org.counterweight.graph.structure.SharedGraph;
import org.counterweight.graph.structure.StructureRatio;
import org.counterweight.graph.structure.StructureShift;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.testing.GoldenCase;
import org.counterweight.train.optimize.Adam;
import org.counterweight.train.optimize.Gradients;
import org.counterweight.train.optimize.Optimizer;
import org.counterweight.train.optimize.Sgd;
import org.counterweight.train.optimize.UpdateRule;
import org.counterweight.train.schedule.Schedule;
import org.counterweight.train.schedule.StepDecay;
import org.counterweight.train.schedule.Unit;
import tools.jackson.databind.JsonNode;

/** Operations of {@code strurw}. */
final class StruRwOps {
    static final Map<String, Op> ALL = Map.ofEntries(
            Map.entry("reweight", StruRwOps::reweight),
            Map.entry("reweight_shared", StruRwOps::reweightShared),
            Map.entry("reweight_multi", StruRwOps::reweightMulti),
            Map.entry("gcn_conv", StruRwOps::gcn),
            Map.entry("sage_conv", StruRwOps::sage),
            Map.entry("erm_step", StruRwOps::erm),
            Map.entry("adv_step", StruRwOps::adversarial),
            Map.entry("mixup_step", StruRwOps::mixup),
            Map.entry("schedule", StruRwOps::schedule),
            Map.entry("structure_shift", StruRwOps::structureShift),
            Map.entry("pairalign", StruRwOps::pairAlign));

    private StruRwOps() {}

    private static int classes(GoldenCase golden) {
        return golden.params().required("num_classes").asInt();
    }

    private static LabelledGraph graph(GoldenCase golden, String side, String suffix) {
        return new LabelledGraph(
                golden.in(side + "_edge_index" + suffix), golden.in(side + "_labels" + suffix), classes(golden));
    }

    private static Tensor ratio(GoldenCase golden, StructureRatio found) {
        JsonNode most = golden.params().path("max_ratio");
        return most.isNumber() ? found.values(most.asDouble()) : found.values();
    }

    /** The three matrices; undefined probabilities are stored as -1. */
    private static void put(GoldenCase golden, Map<String, Tensor> out, StructureRatio found, String suffix) {
        out.put("src_prob" + suffix, stored(found.source()));
        out.put("tgt_prob" + suffix, stored(found.target()));
        out.put("ratio" + suffix, ratio(golden, found));
    }

    private static Tensor stored(Tensor probabilities) {
        return torch.where(
                torch.isnan(probabilities), torch.full_like(probabilities, Tensors.scalar(-1)), probabilities);
    }

    private static Map<String, Tensor> reweight(GoldenCase golden) {
        LabelledGraph source = graph(golden, "src", "");
        StructureRatio found = StructureRatio.of(source, graph(golden, "tgt", ""));
        var out = new LinkedHashMap<String, Tensor>();
        put(golden, out, found, "");
        out.put("edge_weight", StructureRatio.weights(ratio(golden, found), source));
        return out;
    }

    private static Map<String, Tensor> reweightShared(GoldenCase golden) {
        var graph = new SharedGraph(
                golden.in("edge_index"),
                golden.in("labels"),
                classes(golden),
                golden.in("source_mask"),
                golden.in("target_mask"));
        StructureRatio found = graph.ratio();
        var out = new LinkedHashMap<String, Tensor>();
        put(golden, out, found, "");
        out.put("edge_weight", graph.weights(ratio(golden, found)));
        return out;
    }

    private static Map<String, Tensor> reweightMulti(GoldenCase golden) {
        var sources = new ArrayList<LabelledGraph>();
        var targets = new ArrayList<LabelledGraph>();
        for (int k = 0; golden.inputs().containsKey("src_edge_index." + k); k++) {
            sources.add(graph(golden, "src", "." + k));
        }
        for (int k = 0; golden.inputs().containsKey("tgt_edge_index." + k); k++) {
            targets.add(graph(golden, "tgt", "." + k));
        }
        GraphAverage average = named(GraphAverage.class, golden.params().required("average"));
        List<StructureRatio> found = average.ratios(sources, targets);
        var out = new LinkedHashMap<String, Tensor>();
        for (int k = 0; k < sources.size(); k++) {
            put(golden, out, found.get(k), average == GraphAverage.PER_PAIR ? "." + k : "");
            out.put("edge_weight." + k, StructureRatio.weights(ratio(golden, found.get(k)), sources.get(k)));
        }
        return out;
    }

    private static <E extends Enum<E>> E named(Class<E> type, JsonNode name) {
        return Enum.valueOf(type, name.asString().toUpperCase(Locale.ROOT));
    }

    private static Normalization normalization(GoldenCase golden) {
        JsonNode name = golden.params().path("normalization");
        return name.isMissingNode() ? Normalization.UNWEIGHTED : named(Normalization.class, name);
    }

    private static Messages loops(GoldenCase golden, Messages messages) {
        return golden.params().path("add_self_loops").asBoolean(false) ? messages.withSelfLoops() : messages;
    }

    private static Messages messages(GoldenCase golden, String side, String lambda) {
        long nodes = golden.in(side + "x").size(0);
        double strength = golden.params().required(lambda).asDouble();
        return loops(
                golden,
                Messages.weighted(golden.in(side + "edge_index"), nodes, golden.in(side + "edge_weight"), strength));
    }

    private static Map<String, Tensor> convolved(
            GoldenCase golden, Convolution convolution, Propagation propagation, Map<String, Tensor> leaves) {
        Tensor y = convolution.apply(propagation, Params.of(leaves).weight("x"));
        backward(y, golden.in("grad_out"));
        var out = new LinkedHashMap<String, Tensor>();
        out.put("y", y.detach());
        leaves.forEach((name, leaf) -> out.put("grad." + name, leaf.grad()));
        return out;
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

    private static Map<String, Tensor> gcn(GoldenCase golden) {
        Map<String, Tensor> leaves = leaves(golden, "x", "weight", "bias");
        Propagation propagation = Propagation.symmetric(messages(golden, "", "lambda"), normalization(golden));
        return convolved(golden, Backbone.GCN.layer(Params.of(leaves)), propagation, leaves);
    }

    private static Map<String, Tensor> sage(GoldenCase golden) {
        Map<String, Tensor> leaves = leaves(golden, "x", "lin.", "agg.");
        Params params = Params.of(leaves);
        var layer = new Sage(
                params.weight("lin.weight"),
                params.weight("lin.bias"),
                params.weight("agg.weight"),
                params.weight("agg.bias"),
                golden.params().path("l2_normalize").asBoolean(false));
        Propagation propagation = Propagation.mean(messages(golden, "", "lambda"), normalization(golden));
        return convolved(golden, layer, propagation, leaves);
    }

    private static Backbone backbone(GoldenCase golden) {
        return Backbone.valueOf(golden.params().path("backbone").asString("GCN"));
    }

    private static Encoder encoder(GoldenCase golden) {
        return new Encoder(
                backbone(golden),
                golden.params().required("layers").asInt(),
                golden.params().path("dropout").asDouble(0));
    }

    private static Perceptron head(GoldenCase golden, String name) {
        return new Perceptron(golden.params().required(name).asInt());
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

    private static Map<String, Tensor> erm(GoldenCase golden) {
        JsonNode params = golden.params();
        Map<String, Tensor> leaves = leaves(golden, "conv.", "cls.");
        List<Tensor> trained = List.copyOf(leaves.values());
        Params weights = Params.of(leaves);
        Propagation propagation = backbone(golden).propagation(messages(golden, "", "lambda"), normalization(golden));
        Encoder encoder = encoder(golden);
        Perceptron head = head(golden, "cls_layers");
        var out = new LinkedHashMap<String, Tensor>();
        int steps = params.required("steps").asInt();
        try (Optimizer optimizer = Optimizer.of(
                rule(params),
                leaves,
                params.required("lr").asDouble(),
                params.path("weight_decay").asDouble(0))) {
            for (int step = 0; step <= steps; step++) {
                Gradients.clear(trained);
                Tensor embedding =
                        encoder.embedding(weights.at("conv"), propagation, golden.in("x"), Pass.evaluation());
                Tensor logits = head.apply(weights.at("cls"), embedding);
                Tensor loss = Losses.classes(logits, golden.in("labels"), golden.in("train_index"));
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

    private static Map<String, Tensor> adversarial(GoldenCase golden) {
        Map<String, Tensor> leaves = leaves(golden, "conv.", "cls.", "dc.");
        Params weights = Params.of(leaves);
        Tensor targetX = golden.in("tgt_x");
        Messages target =
                loops(golden, Messages.plain(golden.in("tgt_edge_index"), targetX.size(0), targetX.scalar_type()));
        Backbone backbone = backbone(golden);
        Normalization normalization = normalization(golden);
        Encoder encoder = encoder(golden);
        Tensor sourceEmbedding = encoder.embedding(
                weights.at("conv"),
                backbone.propagation(messages(golden, "src_", "lambda"), normalization),
                golden.in("src_x"),
                Pass.evaluation());
        Tensor targetEmbedding = encoder.embedding(
                weights.at("conv"), backbone.propagation(target, normalization), targetX, Pass.evaluation());
        Perceptron head = head(golden, "cls_layers");
        Tensor logits = head.apply(weights.at("cls"), sourceEmbedding);
        Adversary.Verdict verdict = new Adversary(head(golden, "dc_layers"))
                .judge(
                        weights.at("dc"),
                        sourceEmbedding,
                        targetEmbedding,
                        golden.params().required("alpha").asDouble());
        Tensor classLoss = Losses.classes(logits, golden.in("src_labels"), golden.in("train_index"));
        classLoss.add(verdict.sourceLoss()).add(verdict.targetLoss()).backward();
        var out = new LinkedHashMap<String, Tensor>();
        out.put("class_loss", one(classLoss));
        out.put("domain_loss_src", one(verdict.sourceLoss()));
        out.put("domain_loss_tgt", one(verdict.targetLoss()));
        out.put("src_domain_prob", verdict.source().sigmoid().detach());
        out.put("tgt_domain_prob", verdict.target().sigmoid().detach());
        out.put("src_logits", logits.detach());
        out.put("tgt_logits", head.apply(weights.at("cls"), targetEmbedding).detach());
        leaves.forEach((name, leaf) -> out.put("grad." + name, leaf.grad()));
        return out;
    }

    private static Map<String, Tensor> mixup(GoldenCase golden) {
        Map<String, Tensor> leaves = leaves(golden, "conv1.", "conv2.", "cls.");
        Messages messages = messages(golden, "", "rw_lambda");
        var mix = new NodeMixup.Mix(golden.params().required("mix_lambda").asDouble(), golden.in("perm"));
        Tensor logits = new NodeMixup(golden.params().path("dropout").asDouble(0))
                .logits(Params.of(leaves), messages, normalization(golden), golden.in("x"), mix, Pass.evaluation());
        Tensor loss = mix.loss(logits, golden.in("labels"), golden.in("train_index"));
        Messages permuted = mix.permuted(messages);
        long edges = golden.in("edge_index").size(1);
        var out = new LinkedHashMap<String, Tensor>();
        out.put(
                "edge_index_b",
                Tensors.slice(torch.stack(new TensorVector(permuted.senders(), permuted.receivers()), 0), 1, 0, edges));
        out.put("log_probs", Tensors.logSoftmax(logits, 1).detach());
        out.put("loss", one(loss));
        Tensor[] found = gradients(loss, false, leaves.values().toArray(Tensor[]::new));
        int i = 0;
        for (String name : leaves.keySet()) {
            out.put("grad." + name, found[i++]);
        }
        return out;
    }

    private static Map<String, Tensor> schedule(GoldenCase golden) {
        JsonNode params = golden.params();
        int epochs = params.required("epochs").asInt();
        var updates = new Updates(
                named(Updates.Rule.class, params.required("mode")),
                params.required("start_epoch").asInt(),
                params.required("freq").asInt());
        var reversal = new Reversal(
                params.required("alphatimes").asDouble(),
                params.required("alpha_max").asDouble());
        var decay = new StepDecay(
                params.required("lr_step").asLong(), params.required("lr_gamma").asDouble(), Unit.EPOCHS);
        double lr = params.required("lr").asDouble();
        long[] due = IntStream.of(updates.within(epochs)).asLongStream().toArray();
        return Map.of(
                "reweight_epochs", Tensors.longs(due),
                "grl_alpha", overEpochs(epochs, epoch -> reversal.at(epoch, epochs)),
                "lr", overEpochs(epochs, epoch -> lr * decay.factor(new Schedule.Point(epoch, epoch, 0, epochs))));
    }

    private static Tensor overEpochs(int epochs, IntToDoubleFunction value) {
        return doubles(IntStream.range(0, epochs).mapToDouble(value).toArray());
    }

    private static Map<String, Tensor> structureShift(GoldenCase golden) {
        StructureShift shift = StructureShift.between(golden.in("pred_prob"), golden.in("true_prob"));
        return Map.of(
                "abs_diff", doubles(new double[] {shift.absolute()}),
                "rel_diff", doubles(new double[] {shift.relative()}),
                "ratio_diff", doubles(new double[] {shift.ratio()}));
    }

    private static Map<String, Tensor> pairAlign(GoldenCase golden) {
        var align = new PairAlign(
                golden.params().required("ls_lambda").asDouble(),
                golden.params().required("gamma_reg").asDouble());
        Tensor source = golden.in("mu_src");
        Tensor w = align.weights(new PairAlign.Evidence(golden.in("C_hat"), golden.in("mu_tgt"), source));
        return Map.of("w", w, "gamma", align.gamma(w, source));
    }
}
