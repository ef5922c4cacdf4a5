package org.counterweight.model.generate;

import java.util.List;
import java.util.Set;
import org.counterweight.config.Checks;
import org.counterweight.config.Setting;
import org.counterweight.model.Model;
import org.counterweight.model.Params;

/** How a decoder continues a text: the likeliest token each time, or one drawn as {@link NextToken} says. */
public record Generation(
        @Setting(value = "Most tokens to add", defaultsTo = "50", range = "at least 1")
        int maxNewTokens,

        @Setting(
                value = "Logits are divided by it before a token is drawn; 0 takes the likeliest",
                defaultsTo = "0.0",
                range = "at least 0; 0 for the likeliest token, 0.7 to 1 is usual")
        double temperature,

        @Setting(value = "Sample from the k likeliest tokens only; 0 for all", defaultsTo = "0", range = "at least 0")
        int topK,

        @Setting(
                value = "Sample from the fewest tokens with this total probability",
                defaultsTo = "1.0",
                range = "(0, 1]")
        double topP,

        @Setting(
                value = "Sample from tokens at least this likely, as a share of the likeliest's probability; 0 for all",
                defaultsTo = "0.0",
                range = "[0, 1); 0.05 to 0.1 is usual")
        double minP,

        @Setting(
                value = "The logit of a token already in the text is divided by it, or multiplied where negative; 1"
                        + " for none",
                defaultsTo = "1.0",
                range = "above 0; 1 to 1.5 is usual")
        double repetitionPenalty,

        @Setting(value = "Seed of every random number", defaultsTo = "0")
        long seed) {

    public Generation {
        Checks.ranges(Generation.class, "", maxNewTokens, temperature, topK, topP, minP, repetitionPenalty);
    }

    /** The likeliest token each time. */
    public static Generation greedy(int maxNewTokens) {
        return new Generation(maxNewTokens, 0, 0, 1, 0, 1, 0);
    }

    /** What the next token is drawn from. */
    public NextToken nextToken() {
        return new NextToken(repetitionPenalty, temperature, topK, topP, minP);
    }

    /**
     * Goes on with one text.
     *
     * @param params in effect without gradients; merged ones are faster
     * @param prompt at least one token
     * @param ends tokens that end the text
     * @param row the number of the text, so that each has random numbers of its own
     * @return the tokens added, without the one that ended them
     */
    public long[] extend(Model model, Params params, long[] prompt, Set<Long> ends, int row) {
        return Continuations.of(model, params, this, ends)
                .after(List.of(prompt), row)
                .get(0)
                .tokens();
    }
}
