package org.counterweight.incremental.run;

import org.counterweight.config.Checks;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Example;
import org.counterweight.config.Setting;
import org.counterweight.incremental.Herding;
import org.counterweight.incremental.IncrementalLoss;
import org.counterweight.incremental.Quota;
import org.counterweight.incremental.WeightAligning;
import org.jspecify.annotations.Nullable;

/**
 * Settings of a classifier that learns new classes without the rows of the old ones: Weight Aligning, and what it is compared
 * with.
 *
 * <p>B. Zhao et al., "Maintaining Discrimination and Fairness in Class Incremental Learning", CVPR 2020.
 */
@Example(where = "a served classifier and rows of new classes become a classifier of both", value = """
        ./cw grow CLASSIFIER --data new.csv --remember old.csv --output OUT
        """)
public record GrowConfig(
        @Setting(
                value =
                        "How: wa (Weight Aligning), finetune (new rows alone), replay (with rows that were kept), lwf, icarl"
                                + " (answers by nearest class mean), bic, or joint (all rows of all classes, a bound)",
                defaultsTo = "\"wa\"",
                oneOf = {"wa", "finetune", "replay", "lwf", "icarl", "bic", "joint"})
        Way method,

        @Setting(
                value = "Weight Aligning: ours, or as the authors' code or PyCIL has it",
                defaultsTo = "\"default\"",
                oneOf = {"default", "author", "pycil"})
        Preset preset,

        @Setting(
                value = "Which norm is aligned; null for the preset's",
                defaultsTo = "null",
                range = "at least 1, infinite too")
        @Nullable
        Double norm,

        @Setting(value = "Whether new rows are only ever shortened; null for the preset's", defaultsTo = "null")
        @Nullable
        Boolean clamp,

        @Setting(
                value =
                        "Whether the head's weight may not be negative; null for the preset's, where features are not negative"
                                + " either: where they can be, it has no reason",
                defaultsTo = "null")
        @Nullable
        Boolean restrict,

        @Setting(value = "Whether the head trains biases; null for the preset's", defaultsTo = "null") @Nullable
        Boolean headBias,

        @Setting(value = "Whether biases of new classes are aligned too", defaultsTo = "false")
        boolean scaleBias,

        @Setting(value = "Draw all rows of the head anew when it grows; null for the preset's", defaultsTo = "null")
        @Nullable
        Boolean reinitialize,

        @Setting(value = "Temperature of distillation", defaultsTo = "2.0", range = "above 0")
        double temperature,

        @Setting(value = "lwf: how much the old model counts", defaultsTo = "3.0", range = "at least 0")
        double lwfLambda,

        @Setting(
                value = "icarl: cross entropy, or as in its paper binary cross entropy of each class",
                defaultsTo = "\"softmax\"",
                oneOf = {"softmax", "bce"})
        IcarlLoss icarlLoss,

        @Setting(value = "How many rows of each class are kept", defaultsTo = "{}")
        Quota memory,

        @Setting(
                value = "Which rows are kept: by the mean (mean_greedy, residual) or any",
                defaultsTo = "\"mean_greedy\"",
                oneOf = {"mean_greedy", "residual", "random"})
        Herding herding) {

    /** How classes are added. */
    public enum Way {
        WA(IncrementalLoss.Method.WA, true),
        FINETUNE(IncrementalLoss.Method.FINETUNE, false),
        REPLAY(IncrementalLoss.Method.FINETUNE, true),
        LWF(IncrementalLoss.Method.LWF, false),
        ICARL(IncrementalLoss.Method.ICARL, true),
        BIC(IncrementalLoss.Method.BIC, true),
        JOINT(IncrementalLoss.Method.FINETUNE, true);

        private final IncrementalLoss.Method loss;
        private final boolean remembers;

        Way(IncrementalLoss.Method loss, boolean remembers) {
            this.loss = loss;
            this.remembers = remembers;
        }

        /** Whether rows of old classes are kept and shown again. */
        public boolean remembers() {
            return remembers;
        }
    }

    /** Whose Weight Aligning. */
    public enum Preset {
        /** L2 norms, γ at most 1, the restriction where it has a reason, old rows kept, no bias. */
        DEFAULT(2, true, true, false, false),
        /** L1 norms, γ at most 1, the restriction, all rows drawn anew, no bias, decay divided by the number of the task. */
        AUTHOR(1, true, true, false, true),
        /** L2 norms, any γ, no restriction, biases that stay as they are; from the second task on two fifths of the decay. */
        PYCIL(2, false, false, true, false);

        private final double norm;
        private final boolean clamp;
        private final boolean restrict;
        private final boolean headBias;
        private final boolean reinitialize;

        Preset(double norm, boolean clamp, boolean restrict, boolean headBias, boolean reinitialize) {
            this.norm = norm;
            this.clamp = clamp;
            this.restrict = restrict;
            this.headBias = headBias;
            this.reinitialize = reinitialize;
        }

        /** The authors have wd / (t + 1) of a task t from 0 on, PyCIL 5e-4 at first and 2e-4 later. */
        private double decayDivisor(int task) {
            return switch (this) {
                case DEFAULT -> 1;
                case AUTHOR -> task + 1.0;
                case PYCIL -> task == 0 ? 1 : 2.5;
            };
        }
    }

    /** The losses of iCaRL. */
    public enum IcarlLoss {
        SOFTMAX,
        BCE
    }

    public GrowConfig {
        Checks.ranges(GrowConfig.class, "grow", norm, temperature, lwfLambda);
        if (preset == Preset.AUTHOR && method == Way.BIC) {
            throw new ConfigException(
                    "grow.preset: author has a head without biases, and method: bic corrects one; take"
                            + " preset: pycil, or another method");
        }
    }

    /** What is done to the head at the end of a step. */
    public WeightAligning aligning() {
        return new WeightAligning(norm == null ? preset.norm : norm, clamp == null ? preset.clamp : clamp, scaleBias);
    }

    /** What is minimised when this many classes are known. */
    public IncrementalLoss loss(long known) {
        boolean binary = method == Way.ICARL && icarlLoss == IcarlLoss.BCE;
        return new IncrementalLoss(
                binary ? IncrementalLoss.Method.ICARL_BCE : method.loss, known, temperature, lwfLambda);
    }

    /**
     * Whether the weight of the head may not be negative.
     *
     * @param featuresAreSigned whether what the head is fed can be negative
     */
    public boolean restricts(boolean featuresAreSigned) {
        return method == Way.WA && (restrict == null ? preset.restrict && !featuresAreSigned : restrict);
    }

    /** Whether the head trains biases, where a model begins without a head; a served one keeps its own. */
    public boolean trainsBias() {
        return headBias == null ? method != Way.WA || preset.headBias : headBias;
    }

    /** Whether all rows of the head are drawn anew. */
    public boolean redraws() {
        return method == Way.WA && (reinitialize == null ? preset.reinitialize : reinitialize);
    }

    /** By what the weight decay of a task is divided, counted from 0. */
    public double decayDivisor(int task) {
        return method == Way.WA ? preset.decayDivisor(task) : 1;
    }
}
