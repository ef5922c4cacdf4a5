package org.counterweight.train.part;

import java.util.List;
import org.counterweight.train.weigh.RowColumn;
import org.jspecify.annotations.Nullable;

/**
 * Settings that join a training run: a weigher, an adapter's penalty and turn after each step, models trained beside. A run
 * is a chain of these, one after the other; what a part reports of itself afterwards, its live half does as a
 * {@link PartReport}.
 */
public interface RunPart {
    /** The run with this part in it. What is made for it among the task's events is closed with them. */
    Run join(Run run);

    /**
     * Refuses what the settings alone tell to be wrong.
     *
     * @throws org.counterweight.config.ConfigException naming what does not go together
     */
    default void check(Plan plan) {}

    /**
     * Refuses what only the data and the model tell, before anything is trained.
     *
     * @throws org.counterweight.config.ConfigException naming what does not go together
     */
    default void check(Run run) {}

    /** What it needs to know of each row, beside what every row has. */
    default List<RowColumn> columns() {
        return List.of();
    }

    /** Whether it counts classes: then it has nothing to do where a model finds words. */
    default boolean needsClasses() {
        return false;
    }

    /** Whether it needs nodes of two domains: then it has something to do with {@code task: node_classification} alone. */
    default boolean needsDomains() {
        return false;
    }

    /**
     * Why several processes cannot take the run's steps together, each with its part of the rows, in words that go on from its
     * name: {@code compares the groups over all rows of a batch}; null if they can.
     */
    default @Nullable String undivided() {
        return null;
    }

    /** Files that the part leaves in a run's directory. */
    default List<String> files() {
        return List.of();
    }

    /** The method's name, for the ledger of a run without an adapter; null if it is none. */
    default @Nullable String method() {
        return null;
    }

    /** What it does to the weights, to stand after them in a sentence: {@code merged by … as it went}; empty for nothing. */
    default String does() {
        return "";
    }
}
