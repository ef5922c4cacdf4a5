package org.counterweight.adapt.sorsa;

import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.adapt.AdapterConfig;
import org.counterweight.adapt.Saved;
import org.counterweight.adapt.lowrank.LowRank;
import org.counterweight.adapt.lowrank.LowRankSettings;
import org.counterweight.adapt.lowrank.LowRankStart;
import org.counterweight.adapt.lowrank.Residual;
import org.counterweight.adapt.lowrank.Triplets;
import org.counterweight.config.Checks;
import org.counterweight.config.Setting;
import org.counterweight.model.Parametrization;
import org.counterweight.train.Task;
import org.jspecify.annotations.Nullable;

/** Settings of {@link Sorsa} and of its {@link SorsaRegularizer}. */
public record SorsaConfig(
        @Setting(
                value = "How many singular triplets are trained",
                defaultsTo = "4",
                range = "at least 1; up to the lesser width of the layer")
        int r,

        @Setting(
                value = "Take out and add back alpha / r of the principal part; null for all of it",
                defaultsTo = "null",
                range = "above 0")
        @Nullable
        Double alpha,

        @Setting(
                value = "Probability of dropping an input of the triplets while training",
                defaultsTo = "0.0",
                range = "[0, 1)")
        double dropout,

        @Setting(
                value = "Strength of the penalty towards orthonormal vectors: a learning rate of its own",
                defaultsTo = "4e-4",
                range = "at least 0; 1e-4 to 1e-2 is usual")
        double gamma,

        @Setting(
                value = "Over all matrices: mean or sum of the distances from orthonormality, or of their squares",
                defaultsTo = "\"mean\"",
                oneOf = {"mean", "sum", "squared_mean", "squared_sum"})
        Orthonormality regularizer,

        @Setting(value = "Train the singular values alone", defaultsTo = "false")
        boolean valuesOnly,

        @Setting(
                value = "Power iterations of a randomised decomposition, much faster for a large weight; 0 for the"
                        + " exact one",
                defaultsTo = "0",
                range = "at least 0; 2 is usual")
        int randomizedIterations,

        @Setting(
                value = "Names, or dotted endings of names, of the modules to adapt; a recipe that has none takes"
                        + " PEFT's for its model's type",
                defaultsTo = "[\"query\", \"value\"]")
        List<String> targets)
        implements AdapterConfig {

    public SorsaConfig {
        Checks.ranges(SorsaConfig.class, "sorsa", r, alpha, dropout, gamma, randomizedIterations);
        targets = LowRankSettings.targets("sorsa", targets);
    }

    /** c, the factor on B diag(S) A. */
    public double scale() {
        return alpha == null ? 1 : alpha / r;
    }

    @Override
    public boolean fitsLora() {
        return true;
    }

    @Override
    public void checkShape(String module, long out, long in) {
        Triplets.checkRank(module, r, Math.min(out, in));
    }

    @Override
    public Parametrization create(String module, Tensor base, Generator random) {
        return Sorsa.create(this, module, base, random);
    }

    /** Needs what was taken out of the base among the tensors: another decomposition may choose other triplets. */
    @Override
    public Parametrization restore(String module, Tensor base, Map<String, Tensor> tensors) {
        var saved = new Saved(module, tensors);
        long out = base.size(0);
        long in = base.size(1);
        Tensor a = saved.fixed(Sorsa.A, r, in);
        Tensor b = saved.fixed(Sorsa.B, out, r);
        var sorsa = new Sorsa(this, a, saved.fixed(Sorsa.S, r), b);
        sorsa.trainables().values().forEach(tensor -> tensor.requires_grad_(true));
        LowRank start = LowRankStart.saved(saved, out, in, r, 1);
        saved.done();
        return new Residual(Residual.rest(base, start), start, sorsa);
    }

    @Override
    public Task training(Task task, double peakRate, long steps) {
        return task.with(SorsaRegularizer.of(this, peakRate));
    }
}
