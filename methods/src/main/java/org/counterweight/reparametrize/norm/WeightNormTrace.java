package org.counterweight.reparametrize.norm;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Params;
import org.counterweight.reparametrize.Reparametrized;
import org.counterweight.reparametrize.Selection;
import org.counterweight.reparametrize.Trace;
import org.counterweight.train.event.Moment;
import org.counterweight.train.event.TrainingEvents;
import org.counterweight.train.part.PartReport;
import org.counterweight.train.part.Section;
import org.counterweight.train.state.Remembering;

/** What weight normalization did in a run: the lengths g and ‖v‖ before the first step, after each epoch and at the end. */
final class WeightNormTrace implements TrainingEvents, PartReport, Remembering {
    private static final String OF_G = "length g";
    private static final String OF_V = "length of v";
    private static final String EFFECTIVE = "g / |v|, a factor of each step of v";

    private final Selection selection;
    private final boolean centres;
    private final Trace trace = new Trace(List.of(OF_G, OF_V, EFFECTIVE));
    private final Map<String, Section.Value> last = new LinkedHashMap<>();
    private long single;

    WeightNormTrace(Selection selection, boolean centres) {
        this.selection = selection;
        this.centres = centres;
    }

    @Override
    public void beforeStep(Moment moment, List<Batch> batches) {
        single += batches.stream().filter(batch -> batch.rows() == 1).count();
        if (moment.step() == 0) {
            measure(moment.params(), 0);
        }
    }

    @Override
    public void afterStep(Moment moment) {
        if (moment.step() + 1 == moment.steps()) {
            measure(moment.params(), moment.steps());
        }
    }

    @Override
    public void afterEpoch(Moment moment) {
        if (moment.step() < moment.steps()) { // the last step has been measured
            measure(moment.params(), moment.step());
        }
    }

    private void measure(Params params, long step) {
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            double[] sums = new double[3];
            long rows = 0;
            for (String name : selection.weights()) {
                Reparametrized placed =
                        Reparametrized.of(params.parametrizations().get(name));
                if (placed == null || !(placed.latent() instanceof WeightNorm norm)) {
                    continue;
                }
                Tensor v = norm.lengths().of(norm.v());
                Tensor g = norm.g().abs();
                double mean = g.mean().item_double();
                sums[0] += g.sum().item_double();
                sums[1] += v.sum().item_double();
                sums[2] += g.div(v.clamp_min(Tensors.scalar(Double.MIN_NORMAL)))
                        .sum()
                        .item_double();
                rows += g.numel();
                last.put(
                        name,
                        new Section.Value(String.format(Locale.ROOT, "%.2g", mean), Math.min(1, mean / (1 + mean))));
            }
            trace.add(step, sums[0] / rows, sums[1] / rows, sums[2] / rows);
        }
    }

    @Override
    public String announcement() {
        return "weight normalization at " + selection.summary();
    }

    @Override
    public List<String> warnings() {
        return centres && single > 0
                ? List.of("weight_norm.mean_only_bn: " + single
                        + " batches had one row, whose own mean was taken from it")
                : List.of();
    }

    @Override
    public List<Section> sections() {
        return last.isEmpty()
                ? List.of()
                : List.of(
                        new Section.Curves(
                                "Lengths under weight normalization",
                                "Means over all outputs. Plain gradient descent can only lengthen v, and the longer it is, the"
                                        + " less a step turns it: the effective rate falls by itself.",
                                trace.curves(List.of(OF_G, OF_V, EFFECTIVE))),
                        new Section.ByLayer(
                                "Lengths of the weights",
                                "The mean length g of each weight's outputs at the end of the run.",
                                last));
    }

    @Override
    public Map<String, Tensor> state() {
        var state = new LinkedHashMap<>(trace.state());
        state.put("single", Tensors.longs(new long[] {single}));
        return state;
    }

    @Override
    public void restore(Map<String, Tensor> state) {
        trace.restore(state);
        single = Tensors.toLongs(Remembering.required(state, "single"))[0];
    }
}
