package org.counterweight.distill.trial;

import java.util.List;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Setting;
import org.counterweight.model.fresh.FreshModel;

/** How a distilled set is judged: fresh networks learn from it alone. MTT's protocol: one look at the test, after the last epoch. */
public record TrialConfig(
        @Setting(
                value = "Fresh networks that learn from the set, each from a seed of its own",
                defaultsTo = "5",
                range = "at least 1")
        int networks,

        @Setting(value = "Passes over the set", defaultsTo = "1000", range = "at least 1")
        int epochs,

        @Setting(value = "Images in a step", defaultsTo = "256", range = "at least 1")
        int batchSize,

        @Setting(value = "Momentum", defaultsTo = "0.9", range = "[0, 1)")
        double momentum,

        @Setting(value = "Decay of the weights", defaultsTo = "5e-4", range = "at least 0")
        double weightDecay,

        @Setting(
                value = "What the learned rate is multiplied by after half of the epochs",
                defaultsTo = "0.1",
                range = "above 0")
        double lrDecay,

        @Setting(
                value =
                        "Further networks that learn from the set, to see whether it serves more than the one it was made with",
                defaultsTo = "[]")
        List<FreshModel> architectures) {

    public TrialConfig {
        if (networks < 1) {
            throw new ConfigException("distill.trial.networks", networks, "an integer of at least 1 (5 is usual)");
        }
        if (epochs < 1) {
            throw new ConfigException("distill.trial.epochs", epochs, "an integer of at least 1 (1000 is usual)");
        }
        if (batchSize < 1) {
            throw new ConfigException("distill.trial.batch_size", batchSize, "an integer of at least 1 (256 is usual)");
        }
        if (!(momentum >= 0 && momentum < 1)) {
            throw new ConfigException("distill.trial.momentum", momentum, "a number in [0, 1) (0.9 is usual)");
        }
        if (!(weightDecay >= 0) || Double.isInfinite(weightDecay)) {
            throw new ConfigException(
                    "distill.trial.weight_decay", weightDecay, "a number of at least 0 (5e-4 is usual)");
        }
        if (!(lrDecay > 0) || Double.isInfinite(lrDecay)) {
            throw new ConfigException("distill.trial.lr_decay", lrDecay, "a number above 0 (0.1 is usual)");
        }
        architectures = List.copyOf(architectures);
    }
}
