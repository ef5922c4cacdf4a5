package org.counterweight.fewgen.generate;

import org.counterweight.config.Checks;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Setting;

/** One label: what its prefix begins as, and how its texts are written. */
public record LabelPrompt(
        @Setting(value = "The label, as the data has it", example = "\"positive\"")
        String label,

        @Setting(
                value = "Words that say what is written; the prefix begins as what the model makes of them",
                example = "\"positive movie review:\"")
        String prompt,

        @Setting(
                value = "A control code that the model was trained with, which stays frozen before the prompt",
                defaultsTo = "\"\"")
        String control,

        @Setting(
                value = "Of pairs, words between the two sentences, whose vectors are tuned; empty for the token that"
                        + " begins a text",
                defaultsTo = "\"\"")
        String infix,

        @Setting(
                value = "Logits are divided by it before a token is drawn; 0 takes the likeliest",
                defaultsTo = "0.5",
                range = "at least 0; 0 for pairs in the paper's runs")
        double temperature,

        @Setting(
                value = "The logit of a token already in the text is divided by it, or multiplied where negative",
                defaultsTo = "1.1",
                range = "above 0; 1 for none")
        double repetitionPenalty) {

    public LabelPrompt {
        Checks.ranges(LabelPrompt.class, "labels", temperature, repetitionPenalty);
        if (label.isBlank()) {
            throw new ConfigException("labels.label", label, "a label of the data");
        }
        if (prompt.isBlank()) {
            throw new ConfigException("labels.prompt", prompt, "at least one word that says what is written");
        }
    }
}
