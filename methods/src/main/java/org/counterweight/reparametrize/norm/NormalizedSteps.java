package org.counterweight.reparametrize.norm;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Params;
import org.counterweight.model.module.ModuleSpec;
import org.counterweight.reparametrize.Selection;
import org.counterweight.reparametrize.norm.WeightNormConfig.Decay;
import org.counterweight.train.TrainConfig;
import org.counterweight.train.event.Moment;
import org.counterweight.train.event.TrainingEvents;
import org.counterweight.train.optimize.Optimizer;
import org.counterweight.train.optimize.UpdateRule;
import org.counterweight.train.part.PartReport;
import org.counterweight.train.state.Remembering;

/**
 * Weight normalization as steps of plain weights: the model holds w alone, and a step is the one that g and v would take. Of
 * each length q = g / ‖v‖ is kept, 1 at the start; a step recovers v = w / q and g = q ‖v‖, gives each its gradient from that of
 * w, moves both by the run's rule with memories of their own, and writes back q = g / ‖v‖ and w = q v. As the Keras optimizers
 * of the paper's authors do; the same as {@link WeightNorm} but for rounding, and for clipping, which sees the gradient of w.
 *
 * <p>It takes the weights' gradients away before the run's own optimizer moves the rest. Not thread-safe.
 */
final class NormalizedSteps implements TrainingEvents, PartReport, Remembering {
    private final Selection selection;
    private final UpdateRule rule;
    private final double peak;
    private final List<Slot> slots = new ArrayList<>();
    private final Map<String, Tensor> gradients = new LinkedHashMap<>();

    /** One weight, its lengths and what the rule remembers of v and g. */
    private static final class Slot {
        final Optimizer.Parameter weight;
        final Lengths lengths;
        final double decayOfG;
        final double decayOfV;
        final Tensor q;
        final Tensor[] ofV;
        final Tensor[] ofG;
        long steps;

        Slot(
                Optimizer.Parameter weight,
                Lengths lengths,
                double decayOfG,
                double decayOfV,
                Tensor q,
                Tensor[] ofV,
                Tensor[] ofG) {
            this.weight = weight;
            this.lengths = lengths;
            this.decayOfG = decayOfG;
            this.decayOfV = decayOfV;
            this.q = q;
            this.ofV = ofV;
            this.ofG = ofG;
        }
    }

    NormalizedSteps(WeightNormConfig config, Selection selection, Params params, TrainConfig train) {
        this.selection = selection;
        this.rule = train.optimizer().rule();
        this.peak = train.lr();
        try (var scope = Scope.open()) {
            for (ModuleSpec spec : selection.modules()) {
                for (String name : spec.weights()) {
                    Tensor w = Objects.requireNonNull(params.weights().get(name), name);
                    Lengths lengths = config.measured(spec);
                    Tensor norms = lengths.of(w.detach());
                    lengths.refuseZero(name, norms);
                    double decay = train.weightDecay();
                    slots.add(new Slot(
                            train.rates().of(name, w),
                            lengths,
                            config.decay() == Decay.G ? decay : 0,
                            config.decay() == Decay.V ? decay : 0,
                            Scope.own(torch.ones_like(norms)),
                            zeros(w),
                            zeros(norms)));
                }
            }
        }
    }

    private Tensor[] zeros(Tensor like) {
        Tensor[] zeros = new Tensor[rule.slots().size()];
        for (int i = 0; i < zeros.length; i++) {
            zeros[i] = Scope.own(torch.zeros_like(like.detach()));
        }
        return zeros;
    }

    @Override
    public void afterBackward(Moment moment) {
        for (Slot slot : slots) {
            try (var scope = Scope.open()) {
                Tensor gradient = slot.weight.tensor().grad();
                if (gradient.defined()) {
                    gradients.put(slot.weight.name(), Scope.own(gradient));
                    slot.weight.tensor().mutable_grad().reset(); // the run's optimizer leaves it alone
                }
            }
        }
    }

    @Override
    public void afterStep(Moment moment) {
        double factor = moment.rate() / peak;
        try (var off = Tensors.noGrad()) {
            for (Slot slot : slots) {
                Tensor gradient = gradients.remove(slot.weight.name());
                if (gradient != null) {
                    try (var scope = Scope.open()) {
                        step(slot, gradient, slot.weight.rate() * factor);
                    }
                    gradient.close();
                }
            }
        }
    }

    private void step(Slot slot, Tensor gradient, double rate) {
        slot.steps++;
        Tensor w = slot.weight.tensor();
        Tensor v = w.div(slot.q);
        Tensor norms = slot.lengths.of(v);
        Tensor g = slot.q.mul(norms);
        Lengths.Gradients both = slot.lengths.gradients(gradient, v, g, norms);
        rule.update(v, both.v(), slot.ofV, slot.steps, rate, slot.decayOfV);
        rule.update(g, both.g(), slot.ofG, slot.steps, rate, slot.decayOfG);
        Tensor after = slot.lengths.of(v);
        Tensor safe = after.masked_fill(after.eq(Tensors.scalar(0)), Tensors.scalar(1));
        slot.q.copy_(g.div(safe));
        w.copy_(v.mul(slot.q));
    }

    @Override
    public String announcement() {
        return "weight normalization by its steps, at " + selection.summary();
    }

    @Override
    public Map<String, Tensor> state() {
        var state = new LinkedHashMap<String, Tensor>();
        for (Slot slot : slots) {
            String name = slot.weight.name();
            state.put(name + "/q", slot.q);
            for (int i = 0; i < slot.ofV.length; i++) {
                state.put(name + "/v." + rule.slots().get(i), slot.ofV[i]);
                state.put(name + "/g." + rule.slots().get(i), slot.ofG[i]);
            }
            state.put(name + "/step", Tensors.longs(new long[] {slot.steps}));
        }
        return state;
    }

    @Override
    public void restore(Map<String, Tensor> state) {
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            for (Slot slot : slots) {
                String name = slot.weight.name();
                slot.q.copy_(Remembering.required(state, name + "/q"));
                for (int i = 0; i < slot.ofV.length; i++) {
                    slot.ofV[i].copy_(Remembering.required(
                            state, name + "/v." + rule.slots().get(i)));
                    slot.ofG[i].copy_(Remembering.required(
                            state, name + "/g." + rule.slots().get(i)));
                }
                slot.steps = Tensors.toLongs(Remembering.required(state, name + "/step"))[0];
            }
        }
    }

    @Override
    public void close() {
        gradients.values().forEach(Tensor::close);
        for (Slot slot : slots) {
            slot.q.close();
            for (int i = 0; i < slot.ofV.length; i++) {
                slot.ofV[i].close();
                slot.ofG[i].close();
            }
        }
    }
}
