package org.counterweight.federate.call;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * When a round goes on.
 *
 * @param seconds after which it does so without those that are late; null to wait for all
 * @param least clients that it needs
 * @param needed the name of one that must be among them; null for none
 * @param patience seconds after which it ends if it has too few
 */
public record Quorum(
        @Nullable Double seconds, int least, @Nullable String needed, double patience) {
    boolean isMet(Set<String> arrived) {
        return arrived.size() >= least && (needed == null || arrived.contains(needed));
    }

    /** The same, waiting for all that are asked. */
    public Quorum patient() {
        return new Quorum(null, least, needed, patience);
    }
}
