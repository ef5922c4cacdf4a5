package org.counterweight.federate.call;

import java.util.List;
import java.util.function.BooleanSupplier;
import org.counterweight.engine.Seed;
import org.counterweight.federate.client.FederationException;
import org.jspecify.annotations.Nullable;

/**
 * How the clients of a federation are reached: in threads of this process, or wherever else they keep their rows. What a client
 * makes depends on the call and on its rows alone, so that every way to reach them gives the same model, to the last bit, where
 * operations use the same number of threads.
 */
public interface Clients {
    /**
     * Begins with one way through the rounds.
     *
     * @param learner the target, with the rows that it learns from in this way
     * @param seed of the federation, by which the target's rows are parted
     */
    Session open(ClientTraining training, Participant learner, Seed seed);

    /** The rounds of one way. */
    interface Session extends AutoCloseable {
        /**
         * Asks some clients, by name.
         *
         * @return what came, in the order in which they were asked; null if it was stopped
         * @throws FederationException if there are too few in the time that the quorum gives
         */
        @Nullable
        Gathered gather(Call call, List<String> asked, Quorum quorum, BooleanSupplier stopped);

        @Override
        void close();
    }
}
