package org.counterweight.edit.codebook;

/** Two codebooks of one layer and one model become one: the second's entries are edits of the first, with their values. */
public final class Merging {
    private Merging() {}

    /**
     * Replays the entries of {@code second} in their order. One that gets an entry of its own, or takes another's label, keeps
     * its value; where the first serves the same already, the first's value stands.
     */
    public static History.State merged(History.State first, Codebook second, Maintenance maintenance) {
        History.State state = first;
        for (Entry entry : second.entries()) {
            Maintenance.Step step = maintenance.apply(
                    state.book(), new Wanted(entry.key(), entry.label(), entry.value(), entry.source(), entry.time()));
            Codebook after = step.action() == Action.OVERWRITE
                    ? step.after().changing(step.place(), changed -> changed.withValue(entry.value()))
                    : step.after();
            state = state.history().edited(step, state.book(), after);
        }
        return state;
    }
}
