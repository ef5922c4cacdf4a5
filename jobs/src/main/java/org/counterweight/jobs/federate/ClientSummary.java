package org.counterweight.jobs.federate;

import java.io.Serializable;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.counterweight.jobs.data.Prepared;
import org.counterweight.weights.ledger.Ledger;

/**
 * What the server hears of a client's rows before it trains on them.
 *
 * @param rows to learn from
 * @param labels the names of the classes that it knows
 * @param facts that were found out of them, a line each
 * @param digests of the files that they were read from, by path
 */
public record ClientSummary(int rows, List<String> labels, List<String> facts, Map<String, String> digests)
        implements Serializable {
    private static final long serialVersionUID = 1;

    /** Of rows that were read here. */
    public static ClientSummary of(Prepared rows) {
        var digests = new LinkedHashMap<String, String>();
        for (Path file : rows.files()) {
            digests.put(file.toString(), Ledger.digest(file));
        }
        return new ClientSummary(
                rows.split().train().size(), List.copyOf(rows.labels()), List.copyOf(rows.facts(List.of())), digests);
    }
}
