package org.counterweight.jobs.edit;

import java.nio.file.Path;
import java.util.Map;
import org.counterweight.edit.EditRequest;
import org.counterweight.edit.GraceTap;
import org.counterweight.model.Params;
import tools.jackson.databind.node.ObjectNode;

/** What corrects a model's answers one by one; it can be kept while a stream is under way, and continued. */
sealed interface Correcting extends AutoCloseable permits GraceCorrecting, BaselineCorrecting {
    /**
     * What came of one request.
     *
     * @param action what was done; {@code none} where the answer was right already
     * @param entry the id of the entry that serves it; −1 where there are none
     * @param losses before each step
     * @param right whether the answer is right now
     */
    record Corrected(String action, long entry, double[] losses, boolean right) {
        static final String NONE = "none";

        boolean isMade() {
            return !action.equals(NONE);
        }
    }

    /** @param force whether an answer that is right already is corrected all the same */
    Corrected correct(EditRequest request, boolean force);

    /** The model as it stands, telling of look-ups where there are any. */
    Params params(GraceTap.Served served);

    /** How many entries it keeps; 0 where it keeps none. */
    int entries();

    /** Keeps all that is needed to go on, in a directory. */
    void save(Path directory);

    /** The name of the method, in the catalogue or of a baseline. */
    String method();

    ObjectNode settings();

    /** What a reader of the report should know, by name. */
    Map<String, String> facts();

    @Override
    void close();
}
