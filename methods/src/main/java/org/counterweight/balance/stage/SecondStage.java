package org.counterweight.balance.stage;

import org.counterweight.balance.ClassBalancedLoss;
import org.counterweight.config.Checks;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Setting;
import org.jspecify.annotations.Nullable;

/**
 * The second stage of Weight Balancing: everything but the head is frozen, and the head is trained on with a loss that
 * counts classes, weight decay, and rows held inside a ball. Without {@code max_norm} and decay, {@code fresh} and with
 * {@code rows: class_balanced} it is the classifier re-training (cRT) of Kang et al., ICLR 2020; with {@code learns: scales}
 * in place of {@code fresh}, their learnable weight scaling (LWS).
 *
 * <p>S. Alshammari et al., "Long-Tailed Recognition via Weight Balancing", CVPR 2022, section 3.3. The encoder is evaluated
 * once, its normalisations frozen with it, where the official code lets their statistics move on.
 */
public record SecondStage(
        @Setting(value = "Passes over the rows", defaultsTo = "10", range = "at least 1")
        int epochs,

        @Setting(value = "Rows in a batch", defaultsTo = "64", range = "at least 1")
        int batchSize,

        @Setting(
                value = "Learning rate, which falls along half a cosine to 0",
                defaultsTo = "0.01",
                range = "above 0; 0.01 is usual")
        double lr,

        @Setting(value = "Share of the last direction that is kept", defaultsTo = "0.9", range = "[0, 1)")
        double momentum,

        @Setting(
                value = "Decay of the head's weight and bias, as a term of the loss",
                defaultsTo = "0.1",
                range = "at least 0")
        double weightDecay,

        @Setting(value = "What is minimised", defaultsTo = "{}")
        ClassBalancedLoss loss,

        @Setting(value = "The ball that rows of the weight are kept in, biases never; null for none", defaultsTo = "{}")
        @Nullable
        MaxNormConfig maxNorm,

        @Setting(
                value = "Which rows an epoch has: each once, or as many drawn from classes all alike",
                defaultsTo = "\"each\"",
                oneOf = {"each", "class_balanced"})
        Draw rows,

        @Setting(value = "Start from zeros instead of the head that the first stage left", defaultsTo = "false")
        boolean fresh,

        @Setting(
                value =
                        "What moves: the whole head, or a factor on each class's row alone (learnable weight scaling, LWS)",
                defaultsTo = "\"head\"",
                oneOf = {"head", "scales"})
        Learns learns) {

    /** What moves. */
    public enum Learns {
        HEAD,
        /** W_c becomes s_c W_c, s trained from 1; biases stay. */
        SCALES
    }

    /** Which rows an epoch has. */
    public enum Draw {
        EACH,
        CLASS_BALANCED
    }

    public SecondStage {
        Checks.ranges(SecondStage.class, "balance.second", epochs, batchSize, lr, momentum, weightDecay);
        if (fresh && maxNorm != null && maxNorm.radius() == null) {
            throw new ConfigException(
                    "balance.second.max_norm takes its radius from the head that the second stage starts"
                            + " with, and fresh: true starts from zeros; give max_norm.radius, or max_norm: null");
        }
        if (learns == Learns.SCALES && (fresh || maxNorm != null)) {
            throw new ConfigException("balance.second.learns: scales moves the lengths of rows that there are, and "
                    + (fresh
                            ? "fresh: true starts from zeros; leave it out"
                            : "max_norm holds them; set max_norm: null"));
        }
    }

    /**
     * The factor on the rate in an epoch, counted from 0: the schedule moves at its start, so the first has less than the
     * whole rate and the last has none.
     */
    public double factor(int epoch) {
        return (1 + Math.cos(Math.PI * (epoch + 1) / epochs)) / 2;
    }
}
