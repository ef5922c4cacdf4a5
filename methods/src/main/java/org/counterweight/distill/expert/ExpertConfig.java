package org.counterweight.distill.expert;

import java.util.Objects;
import org.counterweight.config.Checks;
import org.counterweight.config.Setting;
import org.jspecify.annotations.Nullable;

/** How the networks are trained whose ways are matched. What is null is as the method has it: AST's are strong and smooth, MTT's plain. */
public record ExpertConfig(
        @Setting(value = "Networks, each from a start of its own", defaultsTo = "100", range = "at least 1")
        int count,

        @Setting(value = "Passes over the real images", defaultsTo = "50", range = "at least 1")
        int epochs,

        @Setting(value = "Images in a step", defaultsTo = "256", range = "at least 1")
        int batchSize,

        @Setting(
                value = "Learning rate; null for 0.003 in ast, 0.01 elsewhere",
                defaultsTo = "null",
                range = "above 0; 0.003 to 0.01 is usual")
        @Nullable
        Double lr,

        @Setting(
                value = "What the rate is multiplied by after half of the epochs",
                defaultsTo = "0.6",
                range = "above 0; 0.6 is usual")
        double lrDecay,

        @Setting(value = "Momentum; null for 0.9 in ast, 0 elsewhere", defaultsTo = "null", range = "[0, 1)") @Nullable
        Double momentum,

        @Setting(
                value = "Decay of the weights; null for 1e-3 in ast, 0 elsewhere",
                defaultsTo = "null",
                range = "at least 0")
        @Nullable
        Double weightDecay,

        @Setting(
                value = "Factor of the penalty on the slope over the images; null for 2 in ast, 0 elsewhere",
                defaultsTo = "null",
                range = "at least 0; 2 is usual")
        @Nullable
        Double lambdaGp,

        @Setting(
                value = "What one slope is of: the channels at a place, or a whole image",
                defaultsTo = "\"channel\"",
                oneOf = {"channel", "sample"})
        GradientPenalty.Mode gpMode,

        @Setting(
                value = "Clipping loss: its factor in the first epoch",
                defaultsTo = "0.5",
                range = "[0, 1]; 0.5 is usual")
        double clipStart,

        @Setting(
                value = "Clipping loss: how much the factor grows by the epoch",
                defaultsTo = "0.05",
                range = "at least 0; 0.05 is usual")
        double clipStep,

        @Setting(
                value = "Clipping loss: epochs until the factor is 1; null for 10 in ast, 0 elsewhere",
                defaultsTo = "null",
                range = "at least 0")
        @Nullable
        Integer clipEpochs) {

    public ExpertConfig {
        Checks.ranges(
                ExpertConfig.class,
                "distill.experts",
                count,
                epochs,
                batchSize,
                lr,
                lrDecay,
                momentum,
                weightDecay,
                lambdaGp,
                clipStart,
                clipStep,
                clipEpochs);
    }

    /**
     * With a value for all that is null.
     *
     * @param smooth whether as in AST
     */
    public ExpertConfig resolved(boolean smooth) {
        return new ExpertConfig(
                count,
                epochs,
                batchSize,
                lr != null ? lr : Double.valueOf(smooth ? 0.003 : 0.01),
                lrDecay,
                momentum != null ? momentum : Double.valueOf(smooth ? 0.9 : 0),
                weightDecay != null ? weightDecay : Double.valueOf(smooth ? 1e-3 : 0),
                lambdaGp != null ? lambdaGp : Double.valueOf(smooth ? 2 : 0),
                gpMode,
                clipStart,
                clipStep,
                clipEpochs != null ? clipEpochs : Integer.valueOf(smooth ? 10 : 0));
    }

    /** The factor of the cross-entropy, of what is {@link #resolved}. */
    LossRamp ramp() {
        return new LossRamp(clipStart, clipStep, Objects.requireNonNull(clipEpochs));
    }

    /** A step of that epoch, of what is {@link #resolved}. */
    ExpertStep step(int epoch) {
        double rate = new HalfwayDecay(epochs, Objects.requireNonNull(lr), lrDecay).at(epoch);
        double factor = Objects.requireNonNull(lambdaGp);
        return new ExpertStep(
                rate,
                Objects.requireNonNull(momentum),
                Objects.requireNonNull(weightDecay),
                ramp().at(epoch),
                factor > 0 ? new GradientPenalty(factor, gpMode) : null);
    }

    /** Whether the optimizer is made anew before that epoch. */
    boolean isAnew(int epoch) {
        return epoch == new HalfwayDecay(epochs, 1, lrDecay).falls();
    }
}
