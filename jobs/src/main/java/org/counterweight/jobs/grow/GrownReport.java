package org.counterweight.jobs.grow;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What growing did, as it is put down in {@code grow.json}.
 *
 * @param known classes before
 * @param added classes that came
 * @param method and {@code preset}: how
 * @param rows learnt from, of which {@code remembered} were kept of old classes
 * @param restricted whether the head's weight was kept from being negative
 * @param gamma by which the new rows of the head were multiplied; divided by it they are again what they were. Null where
 *     nothing was aligned
 * @param unclamped γ before it was limited to 1
 * @param oldNorm mean norm of the old rows
 * @param newNorm mean norm of the new rows before
 * @param alpha and {@code beta}: of BiC; else null
 * @param quota rows of each class that are kept now
 * @param accuracy on the rows to judge by; empty without any
 * @param earlier what made the model before, the first step first
 */
public record GrownReport(
        List<String> known,
        List<String> added,
        String method,
        String preset,
        int rows,
        int remembered,
        boolean restricted,
        @Nullable Double gamma,
        @Nullable Double unclamped,
        @Nullable Double oldNorm,
        @Nullable Double newNorm,
        @Nullable Double alpha,
        @Nullable Double beta,
        int quota,
        List<Accuracy> accuracy,
        List<Earlier> earlier) {
    public GrownReport {
        known = List.copyOf(known);
        added = List.copyOf(added);
        accuracy = List.copyOf(accuracy);
        earlier = List.copyOf(earlier);
    }

    /**
     * Shares of rows that are right.
     *
     * @param head which head answers
     * @param old on rows of old classes; NaN without any
     * @param young on rows of new classes
     */
    public record Accuracy(String head, double all, double old, double young) {}

    /** An earlier step: which classes it added, and by what their rows were multiplied. */
    public record Earlier(List<String> added, @Nullable Double gamma) {}
}
