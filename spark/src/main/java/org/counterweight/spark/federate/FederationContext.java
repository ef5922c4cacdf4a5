package org.counterweight.spark.federate;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.HashMap;
import java.util.Map;
import org.counterweight.config.Configs;
import org.counterweight.datasets.Fetcher;
import org.counterweight.engine.Engine;
import org.counterweight.jobs.ProgressLine;
import org.counterweight.jobs.data.Prepared;
import org.counterweight.jobs.federate.ClientReader;
import org.counterweight.jobs.recipe.program.FederateRecipe;

/**
 * All that an executor needs to know of a federation to read clients' rows.
 *
 * @param federation a name of its own, by which an executor keeps rows
 * @param recipe as JSON, with every default written out
 * @param form of the target's rows
 * @param attempts how often a client is tried before it is left out of a round
 * @param threads of one operation of each client
 */
record FederationContext(String federation, String recipe, Map<String, String> form, int attempts, int threads)
        implements Serializable {
    private static final long serialVersionUID = 1;

    FederationContext {
        form = new HashMap<>(form);
    }

    /** Reads clients on this machine; what it would tell meanwhile is told to nobody. */
    ClientReader reader() {
        try {
            return new ClientReader(
                    FederateRecipe.of(Configs.json(recipe, "the recipe"), "federation"),
                    form,
                    Fetcher.ofUser(line -> {}),
                    new ProgressLine(new PrintWriter(Writer.nullWriter()), false));
        } catch (IOException e) {
            throw new UncheckedIOException("the recipe cannot be read here: " + e.getMessage(), e);
        }
    }

    /** Makes this machine ready to compute. */
    void ready(ClientReader reader) {
        if (reader.recipe().shared().work().deterministic()) {
            Engine.beDeterministic();
        }
        Engine.setThreads(threads);
    }

    /** A client's rows, read once by each executor that needs them. */
    Prepared rows(ClientReader reader, String client, boolean whole) {
        return KeptRows.of(federation + "/" + whole + "/" + client, () -> reader.rows(client, whole));
    }
}
