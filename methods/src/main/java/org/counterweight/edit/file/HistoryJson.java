package org.counterweight.edit.file;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.counterweight.edit.codebook.Action;
import org.counterweight.edit.codebook.Entry;
import org.counterweight.edit.codebook.History;
import org.counterweight.weights.WeightsException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A history as JSON. The entries as they were before are rows of a table beside it, and named here by their row. */
final class HistoryJson {
    private HistoryJson() {}

    /** @param former takes the entries as they were, in the order of their rows */
    static void write(List<History.Step> steps, ArrayNode json, List<Entry> former) {
        for (History.Step step : steps) {
            ObjectNode told = json.addObject();
            if (step instanceof History.Edited edited) {
                told.put("action", edited.action().name().toLowerCase(Locale.ROOT))
                        .put("entry", edited.entry())
                        .put("parent", edited.parent())
                        .put("size", edited.size())
                        .put("next_id", edited.nextId());
                put(edited.before(), told, former);
            } else if (step instanceof History.Deleted deleted) {
                told.put("action", "delete").put("place", deleted.place()).put("row", former.size());
                former.add(deleted.entry());
                put(deleted.restored(), told, former);
            }
        }
    }

    private static void put(Map<Integer, Entry> before, ObjectNode told, List<Entry> former) {
        ObjectNode rows = told.putObject("before");
        before.forEach((place, entry) -> {
            rows.put(String.valueOf(place), former.size());
            former.add(entry);
        });
    }

    static History read(Path file, JsonNode json, List<Entry> former) {
        var steps = new ArrayList<History.Step>();
        for (JsonNode told : json) {
            var before = new LinkedHashMap<Integer, Entry>();
            told.path("before")
                    .properties()
                    .forEach(entry -> before.put(integer(file, entry.getKey()), row(file, entry.getValue(), former)));
            String action = told.path("action").asString("");
            if (action.equals("delete")) {
                steps.add(
                        new History.Deleted(told.path("place").asInt(0), row(file, told.path("row"), former), before));
            } else {
                steps.add(new History.Edited(
                        action(file, action),
                        told.path("entry").asLong(-1),
                        told.path("parent").asLong(-1),
                        before,
                        told.path("size").asInt(0),
                        told.path("next_id").asLong(0)));
            }
        }
        return new History(steps);
    }

    private static Action action(Path file, String name) {
        for (Action action : Action.values()) {
            if (action.name().toLowerCase(Locale.ROOT).equals(name)) {
                return action;
            }
        }
        throw new WeightsException(file, "its history has a step \"" + name + "\", which is none that is known");
    }

    private static int integer(Path file, String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new WeightsException(file, "its history names a place \"" + text + "\"", e);
        }
    }

    private static Entry row(Path file, JsonNode row, List<Entry> former) {
        if (!row.isInt() || row.asInt() < 0 || row.asInt() >= former.size()) {
            throw new WeightsException(file, "its history names row " + row + " of " + former.size());
        }
        return former.get(row.asInt());
    }
}
