package org.counterweight.federate.call;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Who sent what in a round.
 *
 * @param arrived in the order in which clients were asked
 * @param missing why each of the others is
 */
public record Gathered(Map<String, Sent> arrived, Map<String, String> missing) implements AutoCloseable {
    /** With those who were asked after them. */
    public Gathered and(Gathered later) {
        var all = new LinkedHashMap<>(arrived);
        all.putAll(later.arrived);
        var lost = new LinkedHashMap<>(missing);
        lost.putAll(later.missing);
        return new Gathered(all, lost);
    }

    @Override
    public void close() {
        arrived.values().forEach(Sent::close);
    }
}
