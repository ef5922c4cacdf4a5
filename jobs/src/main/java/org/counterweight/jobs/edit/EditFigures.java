package org.counterweight.jobs.edit;

import java.util.Locale;
import org.counterweight.config.Configs;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * How an edited model fares after some edits. Shares are in [0, 1]; NaN where nothing was given to measure by.
 *
 * @param edits lines of the stream so far
 * @param made of them, edits that were made: the others were right already
 * @param entries of the codebook
 * @param success share of the edits that were right as soon as they were made (ES)
 * @param retention share of all edits so far that are right now (ERR)
 * @param holdout share of their rephrasings that are answered as wanted
 * @param locality share of the texts beside them that are answered as before the first edit
 * @param upstream accuracy on the upstream texts; a decoder's perplexity (TRR)
 * @param hits share of the upstream texts that an edit answers
 */
public record EditFigures(
        int edits,
        int made,
        int entries,
        double success,
        double retention,
        double holdout,
        double locality,
        double upstream,
        double hits) {

    ObjectNode json() {
        ObjectNode json = Configs.JSON.createObjectNode();
        json.put("edits", edits).put("made", made).put("entries", entries);
        put(json, "success", success);
        put(json, "retention", retention);
        put(json, "holdout", holdout);
        put(json, "locality", locality);
        put(json, "upstream", upstream);
        put(json, "upstream_hits", hits);
        return json;
    }

    /** Of what {@link #json} gave. */
    static EditFigures read(JsonNode json) {
        return new EditFigures(
                json.path("edits").asInt(),
                json.path("made").asInt(),
                json.path("entries").asInt(),
                number(json, "success"),
                number(json, "retention"),
                number(json, "holdout"),
                number(json, "locality"),
                number(json, "upstream"),
                number(json, "upstream_hits"));
    }

    private static double number(JsonNode json, String name) {
        return json.path(name).asDouble(Double.NaN);
    }

    private static void put(ObjectNode json, String name, double value) {
        if (Double.isFinite(value)) {
            json.put(name, value);
        }
    }

    /** A share in percent, or a dash. */
    public static String percent(double share) {
        return Double.isFinite(share) ? String.format(Locale.ROOT, "%.1f %%", 100 * share) : "–";
    }
}
