package org.counterweight.golden;

import static org.counterweight.engine.Tensors.doubles;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Tensors;
import org.counterweight.graph.Reversal;
import org.counterweight.graph.Updates;
import org.counterweight.graph.align.PairAlign;
import org.counterweight.graph.structure.GraphAverage;
import org.counterweight.graph.structure.LabelledGraph;
import org.counterweight.graph.structure.SharedGraph;
import org.counterweight.graph.structure.StructureRatio;
import org.counterweight.graph.structure.StructureShift;
import org.counterweight.testing.GoldenCase;
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
            Map.entry("gcn_conv", StruRwTrainingOps::gcn),
            Map.entry("sage_conv", StruRwTrainingOps::sage),
            Map.entry("erm_step", StruRwTrainingOps::erm),
            Map.entry("adv_step", StruRwTrainingOps::adversarial),
            Map.entry("mixup_step", StruRwTrainingOps::mixup),
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
        GraphAverage average = StruRwTrainingOps.named(GraphAverage.class, golden.params().required("average"));
        List<StructureRatio> found = average.ratios(sources, targets);
        var out = new LinkedHashMap<String, Tensor>();
        for (int k = 0; k < sources.size(); k++) {
            put(golden, out, found.get(k), average == GraphAverage.PER_PAIR ? "." + k : "");
            out.put("edge_weight." + k, StructureRatio.weights(ratio(golden, found.get(k)), sources.get(k)));
        }
        return out;
    }

    private static Map<String, Tensor> schedule(GoldenCase golden) {
        JsonNode params = golden.params();
        int epochs = params.required("epochs").asInt();
        var updates = new Updates(
                StruRwTrainingOps.named(Updates.Rule.class, params.required("mode")),
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
