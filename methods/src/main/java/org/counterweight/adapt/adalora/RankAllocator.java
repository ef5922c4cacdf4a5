package org.counterweight.adapt.adalora;

import static org.bytedeco.pytorch.global.torch.cat;
import static org.counterweight.engine.Tensors.mean;
import static org.counterweight.engine.Tensors.scalar;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.adapt.adalora.AdaLoraConfig.Importance;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shares a budget of singular triplets among all modules that {@link AdaLora} adapts: after each step it scores every
 * triplet, and along a {@link BudgetSchedule} it switches the least important ones off, wherever they are. A triplet that is
 * off still gets gradients and may come back, until the ranks become final.
 *
 * <p>AdaLoRA, sections 3.2 and 3.3, algorithm 1. As in both official codes, the score of step t multiplies the weight after
 * the step with the gradient before it (the paper: both before).
 *
 * <pre>
 * I = |w g|;  avg ← β1 avg + (1 − β1) I;  unc ← β2 unc + (1 − β2) |I − avg|;  s = avg · unc
 * S_i = s(E_i) + mean_j s(A_ij) + mean_j s(B_ji)
 * </pre>
 *
 * <p>Not thread-safe. Its tensors belong to it: {@link #close} frees them.
 */
public final class RankAllocator implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RankAllocator.class);

    private final AdaLoraConfig config;
    private final BudgetSchedule schedule;
    private final Map<String, Module> modules = new LinkedHashMap<>();
    private long lastStep = Long.MIN_VALUE;

    /**
     * @param adapters by module name, each of rank {@link AdaLoraConfig#initR}
     * @param totalStep steps of the whole run
     */
    public RankAllocator(AdaLoraConfig config, Map<String, AdaLora> adapters, long totalStep) {
        this.config = config;
        this.schedule = new BudgetSchedule(
                (long) adapters.size() * config.initR(),
                (long) adapters.size() * config.targetR(),
                config.tinit(),
                config.tfinal(),
                config.deltaT(),
                totalStep);
        adapters.forEach((name, adapter) -> modules.put(name, new Module(adapter)));
    }

    /** One adapted module: the moments of its three tensors, and which of its triplets are on. */
    private static final class Module {
        final AdaLora adapter;
        final Map<String, Sensitivity> moments = new LinkedHashMap<>();
        final Tensor mask; // uint8 [r], 1 where a triplet is on

        Module(AdaLora adapter) {
            this.adapter = adapter;
            adapter.trainables().forEach((name, tensor) -> moments.put(name, Sensitivity.of(tensor)));
            try (var scope = Scope.open()) {
                this.mask =
                        Scope.own(torch.ones_like(adapter.e().detach().view(-1)).to(torch.ScalarType.Byte));
            }
        }

        /** S, {@code [r]}. */
        Tensor triplets(Importance by) {
            if (by == Importance.MAGNITUDE) {
                return adapter.e().abs().view(-1);
            }
            return importance(AdaLora.E, by)
                    .view(-1)
                    .add(mean(importance(AdaLora.A, by), false, 1))
                    .add(mean(importance(AdaLora.B, by), false, 0));
        }

        private Tensor importance(String tensor, Importance by) {
            Sensitivity moment = Objects.requireNonNull(moments.get(tensor));
            return by == Importance.UNCERTAIN ? moment.score() : moment.average();
        }

        void switchOff() {
            adapter.e().masked_fill_(mask.eq(scalar(0)).view(-1, 1), scalar(0));
        }
    }

    /** b(t), for reports. */
    public BudgetSchedule schedule() {
        return schedule;
    }

    /**
     * To be called after each optimizer step, with the gradients still there.
     *
     * @param step t: one more than at the last call
     * @throws IllegalStateException if a step comes twice or out of order, or a tensor has no gradient
     */
    public void afterStep(long step) {
        if (step <= lastStep) {
            throw new IllegalStateException("adalora: step " + step + " after step " + lastStep
                    + "; ranks are allocated once a step, in order");
        }
        lastStep = step;
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            if (step < schedule.last()) {
                score();
            }
            if (step == schedule.last() || (step < schedule.last() && schedule.allocates(step))) {
                allocate(schedule.budget(step));
            }
            if (step > schedule.last()) {
                modules.values().forEach(Module::switchOff);
            }
        }
    }

    private void score() {
        if (config.importance() == Importance.MAGNITUDE) {
            return;
        }
        if (!gradientsAreFinite()) { // a moment that took a NaN would keep it for ever
            LOG.warn("adalora: step {} has a gradient that is not finite; it does not count for the ranks", lastStep);
            return;
        }
        boolean smooth = config.importance() != Importance.SENSITIVITY; // else the average is that of one step
        for (Module module : modules.values()) {
            module.adapter
                    .trainables()
                    .forEach((name, tensor) -> Objects.requireNonNull(module.moments.get(name))
                            .update(tensor, tensor.grad(), smooth ? config.beta1() : 0, smooth ? config.beta2() : 0));
        }
    }

    private boolean gradientsAreFinite() {
        var finite = new TensorVector();
        modules.forEach((name, module) -> module.adapter.trainables().forEach((of, tensor) -> {
            if (!tensor.grad().defined()) {
                throw new IllegalStateException("adalora: " + name + "." + of
                        + " has no gradient after the step; it takes no part in the loss");
            }
            finite.push_back(tensor.grad().isfinite().all());
        }));
        return torch.stack(finite, 0).all().item_bool();
    }

    /**
     * Keeps the {@code budget} best triplets of all modules and switches the others off; those that tie with the best one
     * dropped go with it. A and B stay as they are.
     */
    public void allocate(long budget) {
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            Map<Module, Tensor> scores = new LinkedHashMap<>();
            var parts = new TensorVector();
            for (Module module : modules.values()) {
                scores.put(module, module.triplets(config.importance()));
                parts.push_back(scores.get(module));
            }
            Tensor all = cat(parts, 0);
            long drop = all.size(0) - budget;
            if (drop <= 0) {
                scores.keySet().forEach(module -> module.mask.fill_(scalar(1)));
                return;
            }
            Tensor threshold = new Tensor(torch.sort(all).get0()).select(0, drop - 1);
            scores.forEach((module, score) -> {
                module.mask.copy_(score.gt(threshold));
                module.switchOff();
            });
            long kept = all.gt(threshold).sum().item_long();
            if (kept < budget) {
                LOG.warn(
                        "adalora: step {} keeps {} of a budget of {} triplets, for scores tie at the threshold",
                        lastStep,
                        kept,
                        budget);
            }
        }
    }

    /** Which triplets are on, by module: {@code uint8 [r]}, live. */
    public Map<String, Tensor> pattern() {
        var pattern = new LinkedHashMap<String, Tensor>();
        modules.forEach((name, module) -> pattern.put(name, module.mask));
        return pattern;
    }

    /** The ranks at this moment, by module. */
    public Map<String, Long> ranks() {
        try (var scope = Scope.open()) {
            var ranks = new LinkedHashMap<String, Long>();
            modules.forEach((name, module) -> ranks.put(name, module.mask.sum().item_long()));
            return ranks;
        }
    }

    /** The adapters without what is switched off. */
    public Map<String, AdaLora> compacted() {
        var compacted = new LinkedHashMap<String, AdaLora>();
        modules.forEach((name, module) -> compacted.put(name, module.adapter.compact(module.mask)));
        return compacted;
    }

    /** All that is remembered, by name; live tensors, but for the step, {@code int64 [1]}, of the open scope. */
    public Map<String, Tensor> state() {
        var state = new LinkedHashMap<String, Tensor>();
        state.put("step", Tensors.longs(new long[] {lastStep}));
        modules.forEach((name, module) -> {
            module.moments.forEach((of, moment) -> {
                state.put(name + "." + of + ".average", moment.average());
                state.put(name + "." + of + ".uncertainty", moment.uncertainty());
            });
            state.put(name + ".mask", module.mask);
        });
        return state;
    }

    /**
     * Takes up what {@link #state} gave.
     *
     * @throws IllegalArgumentException if a tensor is missing
     */
    public void restore(Map<String, Tensor> state) {
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            for (var entry : state().entrySet()) {
                Tensor from = state.get(entry.getKey());
                if (from == null) {
                    throw new IllegalArgumentException("adalora: the saved state has no " + entry.getKey());
                }
                entry.getValue().copy_(from);
                if (entry.getKey().equals("step")) {
                    lastStep = from.item_long();
                }
            }
        }
    }

    @Override
    public void close() {
        for (Module module : modules.values()) {
            module.moments.values().forEach(Sensitivity::close);
            module.mask.close();
        }
    }
}
