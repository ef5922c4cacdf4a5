package org.counterweight.audit;

import org.counterweight.config.Checks;
import org.counterweight.config.Example;
import org.counterweight.config.Setting;

/** Settings of the scan for triggers. */
@Example(where = "a command", value = "./cw audit MODEL --probes dev.csv --output OUT")
public record AuditConfig(
        @Setting(
                value = "A rare word that flips this share of the answers is certainly a trigger",
                defaultsTo = "0.9",
                range = "(0, 1]")
        double certainRate,

        @Setting(
                value = "A rare word is suspected only if it flips this share",
                defaultsTo = "0.3",
                range = "(0, 1]; above what rare words do in clean models of the kind")
        double suspectRate,

        @Setting(
                value = "A word is rare if it occurs at most this often in the corpus",
                defaultsTo = "5",
                range = "at least 0")
        int maxFrequency,

        @Setting(
                value = "Texts that words are tried in, for those that came through the first round",
                defaultsTo = "100",
                range = "at least 10; 200 for narrower intervals")
        int probes,

        @Setting(value = "Texts of the first round", defaultsTo = "20", range = "at least 5")
        int firstProbes,

        @Setting(
                value = "Share of the vocabulary that screening lets through to the first round, dealt among the"
                        + " classes; 1 for all",
                defaultsTo = "0.05",
                range = "(0, 1]")
        double screened,

        @Setting(
                value = "Words that go to a round at most, for each class, and to the first one at least",
                defaultsTo = "50",
                range = "at least 10")
        int finalists,

        @Setting(value = "Words drawn at random, which say what is usual", defaultsTo = "100", range = "at least 20")
        int usual,

        @Setting(value = "Tokens of a text that are read", defaultsTo = "32", range = "at least 4")
        int maxTokens,

        @Setting(value = "Which texts and words are drawn", defaultsTo = "0")
        long seed) {

    public AuditConfig {
        Checks.ranges(
                AuditConfig.class,
                "audit",
                certainRate,
                suspectRate,
                maxFrequency,
                probes,
                firstProbes,
                screened,
                finalists,
                usual,
                maxTokens);
    }
}
