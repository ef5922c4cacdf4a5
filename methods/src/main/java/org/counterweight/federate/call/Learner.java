package org.counterweight.federate.call;

import java.util.Arrays;
import org.counterweight.data.LabelledDataset;
import org.counterweight.engine.Seed;
import org.counterweight.federate.client.FederationException;
import org.counterweight.federate.settings.FederateConfig;
import org.jspecify.annotations.Nullable;

/**
 * The target's rows, parted into those that it learns from and those by which an early end is told.
 *
 * @param participant the target with the former
 * @param kept the latter; null where the settings want no early end
 */
public record Learner(Participant participant, @Nullable LabelledDataset kept) {
    /**
     * Parts them.
     *
     * @param seed of the federation
     * @throws FederationException if the target has too few rows to keep any back
     */
    public static Learner of(FederateConfig config, Participant target, Seed seed) {
        if (config.earlyStop() == null) {
            return new Learner(target, null);
        }
        int rows = target.rows().size();
        int kept = (int) Math.round(config.validationShare() * rows);
        if (kept < 1 || kept >= rows) {
            throw new FederationException("client " + target.name() + " has " + rows
                    + " rows, of which federate.validation_share keeps " + kept
                    + " back for early_stop; give it more rows, or leave early_stop out");
        }
        int[] order = seed.child("kept back").permutation(rows);
        return new Learner(
                new Participant(
                        target.name(), target.rows().select(Arrays.copyOfRange(order, kept, rows)), target.rehearsal()),
                target.rows().select(Arrays.copyOf(order, kept)));
    }
}
