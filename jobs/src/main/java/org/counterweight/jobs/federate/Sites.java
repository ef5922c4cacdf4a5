package org.counterweight.jobs.federate;

import java.util.List;
import java.util.Map;
import org.counterweight.federate.call.Clients;

/** Where the clients of a federation keep their rows, and train. The server reads the target's too, by which it judges. */
public interface Sites extends AutoCloseable {
    /** Has each source read its rows, where they lie, in the form of the target's. */
    Read read(ClientReader reader);

    /** Lets go of what the sites need beside their rows. */
    @Override
    default void close() {}

    /** Sites whose rows were read. */
    interface Read {
        /** What is reported of each source's rows, by its name, in the recipe's order. */
        Map<String, ClientSummary> held();

        /**
         * How the clients are reached.
         *
         * @param shape of one row, for a model of a recipe's own sizes
         * @param labels all classes of the federation
         */
        Clients clients(List<Integer> shape, List<String> labels);
    }
}
