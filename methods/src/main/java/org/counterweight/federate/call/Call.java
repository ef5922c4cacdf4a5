package org.counterweight.federate.call;

import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Seed;

/**
 * What the server says to the clients in a round.
 *
 * @param number of the round, from 1; those over the sources alone before the first are 0 and below
 * @param seed of the round, of which each client has a child by its name
 * @param factor of all learning rates
 * @param mixes whether updates are weighed for the target
 * @param global h, by name; changed by nobody while clients train
 * @param own what clients have for themselves in place of the global weights, by client and name
 */
public record Call(
        int number,
        Seed seed,
        double factor,
        boolean mixes,
        Map<String, Tensor> global,
        Map<String, Map<String, Tensor>> own) {
    /** What a client begins with. */
    public Map<String, Tensor> start(String client) {
        Map<String, Tensor> owned = own.getOrDefault(client, Map.of());
        if (owned.isEmpty()) {
            return global;
        }
        var start = new LinkedHashMap<>(global);
        start.putAll(owned);
        return start;
    }

    /** The same call to one client, that begins with these. */
    public Call from(Map<String, Tensor> start) {
        return new Call(number, seed, factor, mixes, start, Map.of());
    }
}
