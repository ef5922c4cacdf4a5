package org.counterweight.jobs.edit;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What came of a stream of edits.
 *
 * @param unedited how the model fared before the first
 * @param figures after every period and at the end
 * @param unsuccessful the names of the edits whose value did not learn the answer; their entries are kept
 * @param radii what the data say about the radius; null where they say nothing
 */
public record EditOutcome(
        EditFigures unedited,
        List<EditFigures> figures,
        List<String> unsuccessful,
        @Nullable Radii radii) {
    public EditOutcome {
        figures = List.copyOf(figures);
        unsuccessful = List.copyOf(unsuccessful);
    }

    /** How the model fares in the end. */
    public EditFigures last() {
        return figures.get(figures.size() - 1);
    }

    /** Before, and after every period. */
    public List<EditFigures> all() {
        var all = new ArrayList<EditFigures>();
        all.add(unedited);
        all.addAll(figures);
        return all;
    }
}
