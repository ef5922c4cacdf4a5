package org.counterweight.balance.stage;

import org.counterweight.config.Checks;
import org.counterweight.config.Setting;

/** Settings of a head that is fixed to a {@link org.counterweight.balance.SimplexEtf}. */
public record EtfConfig(
        @Setting(
                value =
                        "How much shorter the row of the rarest class is than that of the most frequent; 1 for unit rows",
                defaultsTo = "1.0",
                range = "above 0; 1 is usual")
        double normRate,

        @Setting(value = "Train the lengths of the rows, not their directions", defaultsTo = "false")
        boolean trainNorms,

        @Setting(value = "Multiply each row by N / (C n_c)", defaultsTo = "false")
        boolean balanced) {
    public EtfConfig {
        Checks.ranges(EtfConfig.class, "balance.etf", normRate);
    }
}
