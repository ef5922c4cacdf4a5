package org.counterweight.adapt.adalora;

import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.adapt.AdapterConfig;
import org.counterweight.adapt.Saved;
import org.counterweight.adapt.lowrank.LowRankSettings;
import org.counterweight.adapt.sorsa.Orthonormality;
import org.counterweight.config.Checks;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Setting;
import org.counterweight.model.Parametrization;
import org.counterweight.train.Task;
import org.counterweight.train.event.TrainingEvents;
import org.counterweight.train.objective.Regularizer;
import org.jspecify.annotations.Nullable;

/** Settings of {@link AdaLora} and of its {@link RankAllocator}, as in PEFT's {@code adapter_config.json}. */
public record AdaLoraConfig(
        @Setting(
                value = "Rank of every module at the start",
                defaultsTo = "12",
                range = "at least 1; not below target_r, 1.5 times it is usual")
        int initR,

        @Setting(value = "Mean rank of the modules at the end", defaultsTo = "8", range = "at least 0; up to init_r")
        int targetR,

        @Setting(
                value = "The update is multiplied by alpha / init_r, whatever the rank becomes",
                defaultsTo = "8",
                range = "finite; 0 or less stands for init_r")
        double alpha,

        @Setting(value = "Steps before ranks begin to fall", defaultsTo = "0", range = "at least 0")
        long tinit,

        @Setting(value = "Steps at the end in which ranks stay", defaultsTo = "0", range = "at least 0")
        long tfinal,

        @Setting(value = "Steps from one allocation to the next", defaultsTo = "1", range = "at least 1")
        long deltaT,

        @Setting(
                value = "Steps of the whole run; null takes the trainer's",
                defaultsTo = "null",
                range = "at least 1; above tinit + tfinal")
        @Nullable
        Long totalStep,

        @Setting(value = "Smoothing of the sensitivity", defaultsTo = "0.85", range = "(0, 1); 0.85 is usual")
        double beta1,

        @Setting(value = "Smoothing of its uncertainty", defaultsTo = "0.85", range = "(0, 1); 0.85 is usual")
        double beta2,

        @Setting(
                value = "Factor of the orthogonality penalty",
                defaultsTo = "0.5",
                range = "at least 0; 0.1 to 0.5 is usual")
        double orthRegWeight,

        @Setting(
                value = "The penalty: mean (official code) or sum of distances, or of their squares (squared_sum:"
                        + " paper)",
                defaultsTo = "\"mean\"",
                oneOf = {"mean", "sum", "squared_mean", "squared_sum"})
        Orthonormality regularizer,

        @Setting(
                value = "How a triplet's importance is measured",
                defaultsTo = "\"uncertain\"",
                oneOf = {"uncertain", "smoothed", "sensitivity", "magnitude"})
        Importance importance,

        @Setting(
                value = "Probability of dropping an input of the update while training",
                defaultsTo = "0.0",
                range = "[0, 1)")
        double dropout,

        @Setting(
                value = "Names, or dotted endings of names, of the modules to adapt; a recipe that has none takes"
                        + " PEFT's for its model's type",
                defaultsTo = "[\"query\", \"value\"]")
        List<String> targets)
        implements AdapterConfig {
    private static final double DENOMINATOR_SHIFT = 1e-5; // of the reference: a rank may be 0 there

    /** What a triplet is judged by; the first is the paper's method, the others are its ablations. */
    public enum Importance {
        /** Smoothed sensitivity times its smoothed uncertainty. */
        UNCERTAIN,
        /** Smoothed sensitivity. */
        SMOOTHED,
        /** |weight · gradient| of the step. */
        SENSITIVITY,
        /** |E|, the singular value itself. */
        MAGNITUDE
    }

    public AdaLoraConfig {
        Checks.ranges(
                AdaLoraConfig.class,
                "adalora",
                initR,
                targetR,
                alpha,
                tinit,
                tfinal,
                deltaT,
                totalStep,
                beta1,
                beta2,
                orthRegWeight,
                dropout);
        if (targetR > initR) {
            throw new ConfigException("adalora.target_r", targetR, "at most init_r, which is " + initR);
        }
        if (totalStep != null && tinit >= totalStep - tfinal) {
            throw new ConfigException(
                    "adalora.total_step",
                    totalStep,
                    "more than tinit + tfinal, which is " + (tinit + tfinal) + ", or null for the trainer's");
        }
        targets = LowRankSettings.targets("adalora", targets);
    }

    /** c, the factor on B diag(E) A: of the initial rank, also after pruning. */
    public double scale() {
        return (alpha > 0 ? alpha : initR) / (initR + DENOMINATOR_SHIFT);
    }

    @Override
    public boolean fitsLora() {
        return true;
    }

    @Override
    public Parametrization create(String module, Tensor base, Generator random) {
        return AdaLora.create(this, base, random);
    }

    /** The rank is that of the tensors: a pruned adapter has less than {@link #initR}. */
    @Override
    public Parametrization restore(String module, Tensor base, Map<String, Tensor> tensors) {
        var saved = new Saved(module, tensors);
        Tensor a = saved.trained(AdaLora.A, -1, base.size(1));
        Tensor e = saved.trained(AdaLora.E, a.size(0), 1);
        Tensor b = saved.trained(AdaLora.B, base.size(0), a.size(0));
        saved.done();
        return new AdaLora(this, a, e, b);
    }

    @Override
    public void checkSteps(long steps) {
        if (totalStep == null && tinit >= steps - tfinal) {
            throw new ConfigException("adalora.tinit and tfinal: " + tinit + " and " + tfinal + " leave none of the "
                    + steps + " steps of the run for ranks to fall; lower them, or train for more than "
                    + (tinit + tfinal) + " steps");
        }
    }

    @Override
    public Task training(Task task, double peakRate, long steps) {
        var training = new AdaLoraTraining(this, task.params(), steps);
        return task.with((Regularizer) training).with((TrainingEvents) training);
    }
}
