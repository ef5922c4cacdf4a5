package org.counterweight.jobs.grow;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.counterweight.data.LabelledDataset;
import org.counterweight.jobs.model.HeadChoice;
import org.counterweight.jobs.recipe.ModelSection;

/**
 * Rows of one kind, read as a served model reads them.
 *
 * @param <R> a row without its class: a text, a picture
 */
interface GrowthKind<R> extends AutoCloseable {
    /** All rows of a file, with the classes that occur in it. */
    Labelled<R> all(Path file);

    /**
     * All rows of a file, all of known classes.
     *
     * @throws org.counterweight.data.DataException naming a class that is none of these
     */
    Labelled<R> of(Path file, List<String> classes);

    /** What the model sees of rows. */
    LabelledDataset seen(Labelled<R> rows);

    /** Says what the model does not see of rows that it learns from, if anything. */
    default void tellUnseen(LabelledDataset rows) {}

    /**
     * The rows that lie beside a model; none if there are none.
     *
     * @throws org.counterweight.data.DataException naming what is of another model
     */
    Exemplars<R> kept(Path model, List<String> classes);

    /** Puts rows beside a model. */
    void keep(Exemplars<R> rows, Path directory) throws IOException;

    /** The model that is served, with a head of other classes. */
    HeadChoice head(ModelSection section);

    /** How the model is asked, behind {@code cw predict MODEL}. */
    String question();

    @Override
    default void close() {}
}
