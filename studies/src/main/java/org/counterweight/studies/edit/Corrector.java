package org.counterweight.studies.edit;

import org.counterweight.model.Batch;
import org.counterweight.model.Params;

/** Something that corrects a model one row at a time. */
interface Corrector extends AutoCloseable {
    /** The model as it stands. */
    Params params();

    /** Whether it corrects anything at all. */
    default boolean corrects() {
        return true;
    }

    /** Corrects one row: a batch of it alone, with the right label. */
    void correct(Batch row);

    /** Does what is left to do when no more rows come. */
    default void finish() {}

    /** How many entries it keeps; 0 where it keeps none. */
    default int entries() {
        return 0;
    }

    @Override
    default void close() {}
}
