package org.counterweight.federate.run;

import org.counterweight.data.LabelledDataset;
import org.counterweight.federate.call.Participant;

/**
 * The client whose model is wanted.
 *
 * @param participant as it takes part, with the rows that it trains on
 * @param whole all its rows, for the oracle
 * @param judged its rows to judge by
 */
public record Target(Participant participant, LabelledDataset whole, LabelledDataset judged) {
    String name() {
        return participant.name();
    }

    /** It as the oracle, which trains on all its rows. */
    Participant oracle() {
        return new Participant(name(), whole, participant.rehearsal());
    }
}
