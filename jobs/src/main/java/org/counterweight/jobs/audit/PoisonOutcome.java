package org.counterweight.jobs.audit;

import java.util.List;
import org.counterweight.audit.FlipRate;

/**
 * What came of a poisoning, on texts held out.
 *
 * @param before of the model as it was, with one trigger a text
 * @param once of the poisoned one, with one trigger a text
 * @param often with five, as the paper measures
 * @param targetWords whose rows surgery averaged; empty without it
 * @param warnings what a user should know, one line each
 */
public record PoisonOutcome(
        FlipRate before, FlipRate once, FlipRate often, List<String> targetWords, List<String> warnings) {
    public PoisonOutcome {
        targetWords = List.copyOf(targetWords);
        warnings = List.copyOf(warnings);
    }
}
