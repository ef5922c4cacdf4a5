package org.counterweight.distill.trial;

import java.util.List;
import org.counterweight.config.Checks;
import org.counterweight.config.Setting;
import org.counterweight.model.fresh.FreshModel;

/** How a distilled set is judged: fresh networks learn from it alone. MTT's protocol: one look at the test, after the last epoch. */
public record TrialConfig(
        @Setting(
                value = "Fresh networks that learn from the set, each from a seed of its own",
                defaultsTo = "5",
                range = "at least 1; 5 is usual")
        int networks,

        @Setting(value = "Passes over the set", defaultsTo = "1000", range = "at least 1; 1000 is usual")
        int epochs,

        @Setting(value = "Images in a step", defaultsTo = "256", range = "at least 1; 256 is usual")
        int batchSize,

        @Setting(value = "Momentum", defaultsTo = "0.9", range = "[0, 1); 0.9 is usual")
        double momentum,

        @Setting(value = "Decay of the weights", defaultsTo = "5e-4", range = "at least 0; 5e-4 is usual")
        double weightDecay,

        @Setting(
                value = "What the learned rate is multiplied by after half of the epochs",
                defaultsTo = "0.1",
                range = "above 0; 0.1 is usual")
        double lrDecay,

        @Setting(
                value =
                        "Further networks that learn from the set, to see whether it serves more than the one it was made with",
                defaultsTo = "[]")
        List<FreshModel> architectures) {

    public TrialConfig {
        Checks.ranges(TrialConfig.class, "distill.trial", networks, epochs, batchSize, momentum, weightDecay, lrDecay);
        architectures = List.copyOf(architectures);
    }
}
