package org.counterweight.balance.run;

import java.util.List;
import org.counterweight.balance.TauNorm;
import org.counterweight.balance.adjust.AdjustConfig;
import org.counterweight.balance.loss.FirstLoss;
import org.counterweight.balance.stage.EtfConfig;
import org.counterweight.balance.stage.SecondStage;
import org.counterweight.config.Checks;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Example;
import org.counterweight.config.Setting;
import org.counterweight.train.part.Plan;
import org.counterweight.train.part.Run;
import org.counterweight.train.part.RunPart;
import org.jspecify.annotations.Nullable;

/**
 * Settings of Weight Balancing. As they are by default: two stages. With {@code second: null}, an {@code etf} head,
 * {@code feature_decay} and {@code adjust}: the one-stage simplification. Each of the parts can be had without the others, as
 * the papers' ablations do.
 *
 * <p>S. Alshammari et al., "Long-Tailed Recognition via Weight Balancing", CVPR 2022; N. Hasegawa and I. Sato, "Exploring
 * Weight Balancing on Long-Tailed Recognition Problem", ICLR 2024.
 */
@Example(where = "two stages, in a recipe for cw run", value = """
    balance:
      weight_decay: 5e-3
      second: {epochs: 10, lr: 0.01, weight_decay: 0.1, max_norm: {fraction: 0.1}}
    """)
@Example(where = "one stage, in a recipe for cw run", value = """
    balance:
      weight_decay: 5e-3
      feature_decay: 1e-2
      etf: {}
      second: null
      adjust: {mode: additive}
    """)
public record BalanceConfig(
        @Setting(
                value = "Weight decay of the first stage, in place of train.weight_decay; null to leave that as it is",
                defaultsTo = "5e-3",
                range = "at least 0; 5e-3 is usual")
        @Nullable
        Double weightDecay,

        @Setting(
                value = "What decays: all tensors, biases and norms too; the weights of convolutions; norms",
                defaultsTo = "\"all\"",
                oneOf = {"all", "convolutions", "norms"})
        Decays decays,

        @Setting(
                value = "Factor of the mean square length of the features, halved, in the loss",
                defaultsTo = "0.0",
                range = "at least 0; 1e-2 is usual")
        double featureDecay,

        @Setting(
                value = "What the first stage minimises: cross_entropy, class_balanced, ldam, dot_regression,"
                        + " neural_collapse",
                defaultsTo = "\"cross_entropy\"")
        FirstLoss loss,

        @Setting(
                value = "Bring features to length 1 before the head in the first stage, whose bias stays 0 then, so"
                        + " that a plain head answers the same",
                defaultsTo = "false")
        boolean normalizeFeatures,

        @Setting(value = "Fix the head to a simplex of equal angles; null to train it", defaultsTo = "null") @Nullable
        EtfConfig etf,

        @Setting(
                value = "The head trained on after the best weights of the first stage; null for one stage",
                defaultsTo = "{}")
        @Nullable
        SecondStage second,

        @Setting(
                value = "Rows of the head divided by a power of their norms at the end, without training; null for"
                        + " none",
                defaultsTo = "null")
        @Nullable
        TauNorm tauNorm,

        @Setting(
                value = "Logits shifted or scaled by how frequent their classes are; null for none",
                defaultsTo = "null")
        @Nullable
        AdjustConfig adjust,

        @Setting(
                value = "Power of a class's rows by which boundaries between each two classes are moved, told in the"
                        + " report alone, since no head of one layer decides like that; null for none",
                defaultsTo = "null",
                range = "at least 0; 0.7 to 1 is usual")
        @Nullable
        Double oneVsOne,

        @Setting(value = "Which classes have many and which few rows, in the report", defaultsTo = "{}")
        Shots shots)
        implements RunPart {

    /** What decays. */
    public enum Decays {
        ALL,
        CONVOLUTIONS,
        NORMS
    }

    public BalanceConfig {
        Checks.ranges(BalanceConfig.class, "balance", weightDecay, featureDecay, oneVsOne);
        if (normalizeFeatures && featureDecay > 0) {
            throw new ConfigException(
                    "balance.feature_decay shortens features, and balance.normalize_features makes all of"
                            + " one length; leave one of them out");
        }
        if (etf != null && second != null) {
            throw new ConfigException(
                    "balance.etf fixes the rows of the head, and balance.second trains them; leave etf"
                            + " out, or set second: null for the method of one stage");
        }
    }

    @Override
    public void check(Plan plan) {
        if (etf != null && etf.trainNorms() && plan.adapter() != null) {
            throw new ConfigException(
                    "balance.etf.train_norms computes the head's weight, and so cannot be written beside"
                            + " an adapter of " + plan.adapter() + "; leave it out, or leave adapter out");
        }
    }

    @Override
    public void check(Run run) {
        Balancing.check(this, run);
    }

    @Override
    public Run join(Run run) {
        return Balancing.joined(this, run);
    }

    @Override
    public @Nullable String undivided() {
        return featureDecay > 0 ? "has with feature_decay a term over all rows of a batch" : null;
    }

    @Override
    public boolean needsClasses() {
        return true;
    }

    @Override
    public List<String> files() {
        return List.of(Balancing.FILE);
    }

    @Override
    public String method() {
        return "weight_balancing";
    }

    @Override
    public String does() {
        return second == null ? "balanced in one stage" : "balanced in two stages";
    }
}
