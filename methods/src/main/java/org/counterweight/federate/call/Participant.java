package org.counterweight.federate.call;

import java.io.Serializable;
import org.counterweight.data.LabelledDataset;
import org.counterweight.federate.client.FederationException;
import org.counterweight.federate.client.LocalTraining;

/**
 * A client: a name and rows that nobody else sees.
 *
 * @param rehearsal how it is to fail, to see what the federation makes of that
 */
public record Participant(String name, LabelledDataset rows, Rehearsal rehearsal) {
    /**
     * How a client is to fail.
     *
     * @param failsFrom the round, from 1, from which on it dies in mid-training; 0 for never
     * @param delaySeconds it waits in each round before it begins
     */
    public record Rehearsal(int failsFrom, double delaySeconds) implements Serializable {
        private static final long serialVersionUID = 1;

        public static final Rehearsal NONE = new Rehearsal(0, 0);

        /**
         * Its pace in a round.
         *
         * @param goesOn asked before each step; throws if nobody waits for the client any more
         */
        public LocalTraining.Pace pace(int round, Runnable goesOn) {
            return (step, steps) -> {
                goesOn.run();
                if (failsFrom > 0 && round >= failsFrom && step == steps / 2) {
                    throw new FederationException("it died in mid-round, as its rehearsal says");
                }
            };
        }
    }

    /** @throws FederationException if it has no rows */
    public Participant {
        if (rows.size() == 0) {
            throw new FederationException(
                    "client " + name + " has no rows to train on; give it some, or leave it out of the federation");
        }
    }
}
