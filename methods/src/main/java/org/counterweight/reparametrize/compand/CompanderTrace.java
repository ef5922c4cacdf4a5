package org.counterweight.reparametrize.compand;

import static org.counterweight.engine.Tensors.scalar;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Params;
import org.counterweight.reparametrize.Reparametrized;
import org.counterweight.reparametrize.Selection;
import org.counterweight.reparametrize.Trace;
import org.counterweight.reparametrize.compand.Compander.Form;
import org.counterweight.train.event.Moment;
import org.counterweight.train.event.TrainingEvents;
import org.counterweight.train.part.PartReport;
import org.counterweight.train.part.Section;
import org.counterweight.train.state.Remembering;

/**
 * A compander in a run: switched on at its epoch, annealed step by step, its learnt parameters held positive; and what it did to
 * the weights, before the first step, after each epoch and at the end.
 */
final class CompanderTrace implements TrainingEvents, PartReport, Remembering {
    private static final String BOUND = "largest |w| / bound";
    private static final String SATURATED = "share with |v / b| > 20";
    private static final String NEAR_ZERO = "share with |w| < 0.1 deviations";
    private static final String KURTOSIS = "kurtosis";
    private static final String A = "a / deviation of w";
    private static final String B = "b / deviation of w";
    private static final String CLIPPED = "clipped";

    private final CompanderConfig config;
    private final Selection selection;
    private final Trace trace = new Trace(List.of(BOUND, SATURATED, NEAR_ZERO, KURTOSIS, A, B));
    private final Map<String, Section.Value> last = new LinkedHashMap<>();
    private long clipped;
    private double moved;
    private long held;

    CompanderTrace(CompanderConfig config, Selection selection) {
        this.config = config;
        this.selection = selection;
    }

    private void each(Params params, BiConsumer<String, Compander> what) {
        for (String name : selection.weights()) {
            Reparametrized placed = Reparametrized.of(params.parametrizations().get(name));
            if (placed != null && placed.latent() instanceof Compander compander) {
                what.accept(name, compander);
            }
        }
    }

    private void quietly(Consumer<Scope> what) {
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            what.accept(scope);
        }
    }

    @Override
    public void beforeStep(Moment moment, List<Batch> batches) {
        if (moment.step() == 0) {
            measure(moment.params(), 0);
        }
    }

    @Override
    public void beforeEpoch(Moment moment) {
        if (config.startEpoch() > 0 && moment.epoch() == config.startEpoch()) {
            quietly(scope -> each(moment.params(), this::switchOn));
        }
    }

    /** The weights stay what they are: v becomes their inverse under a and b of their present spread. */
    private void switchOn(String name, Compander compander) {
        if (config.a() == null && config.psi() != Psi.IDENTITY) {
            Long byOutput = compander.a().dim() == 0 ? null : longest(compander.a());
            Tensor deviation = CompanderStart.deviation(name, compander.v().detach(), byOutput);
            keep(compander.a(), deviation.mul(scalar(config.aScale())));
            keep(compander.b(), deviation.mul(scalar(config.bScale())));
        }
        var inverse = new CompanderStart(config.psi(), CompanderStart.Init.INVERSE, config.clip());
        CompanderStart.Started started =
                inverse.of(name, compander.v().detach(), compander.plainA(), compander.plainB());
        compander.v().copy_(started.v());
        compander.on().fill_(scalar(1));
        clipped += started.clipped();
        moved = Math.max(moved, started.moved());
    }

    private static long longest(Tensor pair) {
        long dim = 0;
        while (dim < pair.dim() - 1 && pair.size(dim) == 1) {
            dim++;
        }
        return dim;
    }

    private void keep(Tensor kept, Tensor value) {
        kept.copy_(config.form() == Form.LOG ? value.log() : value);
    }

    @Override
    public void afterStep(Moment moment) {
        quietly(scope -> {
            if (config.learnAb()) {
                each(moment.params(), (name, compander) -> hold(compander));
            }
            if (config.anneal() > 1) {
                anneal(moment);
            }
        });
        if (moment.step() + 1 == moment.steps()) {
            measure(moment.params(), moment.steps());
        }
    }

    /** a and b must stay above 0, and their logarithms where exp does not overflow. */
    private void hold(Compander compander) {
        boolean isLog = config.form() == Form.LOG;
        double least = isLog ? -Compander.MOST : Compander.LEAST;
        double most = isLog ? Compander.MOST : Double.MAX_VALUE;
        for (Tensor kept : List.of(compander.a(), compander.b())) {
            Tensor outside = kept.lt(scalar(least)).logical_or(kept.gt(scalar(most)));
            if (outside.any().item_bool()) {
                held++;
                kept.copy_(kept.clamp_min(scalar(least)).clamp_max(scalar(most)));
            }
        }
    }

    /** From anneal times a and b to these, each step by the same factor, at a constant gain. */
    private void anneal(Moment moment) {
        double factor = Math.pow(config.anneal(), -1.0 / moment.steps());
        var done = new HashSet<Long>(); // a pair that all share is moved once
        each(moment.params(), (name, compander) -> {
            for (Tensor kept : List.of(compander.a(), compander.b())) {
                if (done.add(kept.data_ptr().address())) {
                    if (config.form() == Form.LOG) {
                        kept.add_(scalar(Math.log(factor)));
                    } else {
                        kept.mul_(scalar(factor));
                    }
                }
            }
        });
    }

    @Override
    public void afterEpoch(Moment moment) {
        if (moment.step() < moment.steps()) { // the last step has been measured
            measure(moment.params(), moment.step());
        }
    }

    private void measure(Params params, long step) {
        quietly(scope -> {
            double[] sums = new double[6];
            int[] weights = new int[1];
            each(params, (name, compander) -> {
                double[] of = figures(compander);
                for (int i = 0; i < sums.length; i++) {
                    sums[i] = i == 0 ? Math.max(sums[0], of[0]) : sums[i] + of[i];
                }
                weights[0]++;
                last.put(name, new Section.Value(String.format(Locale.ROOT, "%.2f", of[0]), Math.min(1, of[0])));
            });
            for (int i = 1; i < sums.length; i++) {
                sums[i] /= weights[0];
            }
            trace.add(step, sums);
        });
    }

    /** What the trace tells of one weight. */
    private static double[] figures(Compander compander) {
        Tensor w = compander.weight();
        Tensor a = compander.plainA();
        Tensor b = compander.plainB();
        Tensor centred = w.sub(w.mean());
        double variance = centred.square().mean().item_double();
        double deviation = Math.sqrt(variance);
        double bound = compander.psi().bound();
        boolean isOn = compander.isOn();
        return new double[] {
            isOn ? w.abs().div(a.mul(scalar(bound))).max().item_double() : 0,
            isOn ? share(compander.v().div(b).abs().gt(scalar(20))) : 0,
            share(w.abs().lt(scalar(0.1 * deviation))),
            centred.square().square().mean().item_double() / (variance * variance),
            a.mean().item_double() / deviation,
            b.mean().item_double() / deviation
        };
    }

    private static double share(Tensor which) {
        return which.sum().item_double() / which.numel();
    }

    @Override
    public String announcement() {
        return "weight compander, " + config.psi().name().toLowerCase(Locale.ROOT) + ", at " + selection.summary()
                + (config.startEpoch() > 0 ? ", from epoch " + (config.startEpoch() + 1) + " on" : "");
    }

    @Override
    public List<String> warnings() {
        var warnings = new ArrayList<String>();
        if (clipped > 0) {
            warnings.add(String.format(
                    Locale.ROOT,
                    "weight_compander: %,d weights lay beyond clip times the bound and were moved, by at most %.3g",
                    clipped,
                    moved));
        }
        if (held > 0) {
            warnings.add("weight_compander: a or b was held within its limits " + held
                    + " times; a smaller ab_lr, or param_form: log, would keep them off");
        }
        double[] saturated = trace.values(SATURATED);
        if (saturated.length > 0 && saturated[saturated.length - 1] > 0.01) {
            warnings.add(String.format(
                    Locale.ROOT,
                    "weight_compander: %.0f %% of the latent weights are saturated and hardly move; a lower train.lr or a"
                            + " larger b_scale may help",
                    100 * saturated[saturated.length - 1]));
        }
        return warnings;
    }

    @Override
    public List<Section> sections() {
        return last.isEmpty()
                ? List.of()
                : List.of(
                        new Section.Curves(
                                "The weights under the compander",
                                "Means over the companded weights. Companding presses the largest and pushes the smallest: the"
                                        + " kurtosis falls (3 is a normal distribution's), and the share near zero with it.",
                                trace.curves(List.of(NEAR_ZERO, KURTOSIS))),
                        new Section.Curves(
                                "How near the bound",
                                "The largest weight of any module against the bound that a sets, and the share of latent"
                                        + " weights so large that they hardly move.",
                                trace.curves(List.of(BOUND, SATURATED))),
                        new Section.Curves(
                                "Bound and width",
                                "a sets the bound, b the width of the linear zone; both in standard deviations of the weight.",
                                trace.curves(List.of(A, B))),
                        new Section.ByLayer(
                                "Largest weight against the bound",
                                "Of each module at the end of the run: 1 is the bound, which no weight reaches.",
                                last));
    }

    @Override
    public Map<String, Tensor> state() {
        var state = new LinkedHashMap<>(trace.state());
        state.put(CLIPPED, Tensors.doubles(new double[] {clipped, moved, held}));
        return state;
    }

    @Override
    public void restore(Map<String, Tensor> state) {
        trace.restore(state);
        double[] counts = Tensors.toDoubles(Remembering.required(state, CLIPPED));
        clipped = (long) counts[0];
        moved = counts[1];
        held = (long) counts[2];
    }
}
