package org.counterweight.spark.federate;

import java.io.Serializable;
import java.nio.file.Path;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;
import org.counterweight.engine.Scope;
import org.counterweight.jobs.federate.ClientReader;
import org.counterweight.jobs.federate.ClientSummary;
import org.jspecify.annotations.Nullable;

/** Has a client read its rows on an executor, and tells what they are. */
record Survey(Broadcast<Charge> charge) implements Function<String, Survey.Found> {
    private static final long serialVersionUID = 1;

    /**
     * The result.
     *
     * @param place the executor that keeps the rows
     * @param held what is reported of them; null if they cannot be read
     * @param failure why not; null if they can
     */
    record Found(
            String client,
            String place,
            @Nullable ClientSummary held,
            @Nullable String failure) implements Serializable {
        private static final long serialVersionUID = 1;
    }

    @Override
    public Found call(String client) {
        Charge all = charge.value();
        try (var scope = Scope.open()) {
            ClientReader reader = all.reader();
            all.ready(reader);
            return new Found(client, ClientTask.place(), ClientSummary.of(all.rows(reader, client, false)), null);
        } catch (RuntimeException e) {
            if (!ClientTask.isLast(all)) {
                throw e; // another executor may have them
            }
            return new Found(
                    client,
                    ClientTask.place(),
                    null,
                    e.getMessage() + " (on an executor that works in "
                            + Path.of("").toAbsolutePath()
                            + "; write paths from the root, which exist on the machine that trains the client)");
        }
    }
}
