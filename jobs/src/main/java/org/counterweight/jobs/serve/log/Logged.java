package org.counterweight.jobs.serve.log;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.counterweight.config.Configs;
import org.counterweight.edit.codebook.Action;
import org.counterweight.edit.codebook.Codebook;
import org.counterweight.edit.codebook.Entry;
import org.counterweight.edit.codebook.History;
import org.counterweight.edit.codebook.Maintenance;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** One change of a codebook, with all that is needed to make it again without the model. */
public sealed interface Logged {
    /** The codebook after it, and its history: the same to the last bit as when the change was made. */
    History.State on(History.State before);

    /** As it stands in the log. */
    ObjectNode json();

    /**
     * An edit.
     *
     * @param place of the entry that serves it
     * @param parent the id of the entry that was split; −1 if none was
     * @param nextId of the codebook after it
     * @param entries those that it changed or made, as they are after it, by their place
     */
    record Made(Action action, int place, long parent, long nextId, Map<Integer, Entry> entries) implements Logged {
        public Made {
            entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
        }

        /** What led from one codebook to the other, whose newest step is the edit. */
        public static Made of(Codebook before, History.State after) {
            var steps = after.history().steps();
            if (steps.isEmpty() || !(steps.get(steps.size() - 1) instanceof History.Edited edited)) {
                throw new IllegalArgumentException("the newest step is no edit");
            }
            var changed = new LinkedHashMap<Integer, Entry>();
            Codebook book = after.book();
            for (int j = 0; j < book.size(); j++) {
                if (j >= before.size()
                        || before.entries().get(j) != book.entries().get(j)) {
                    changed.put(j, book.entries().get(j));
                }
            }
            return new Made(
                    edited.action(), book.place(edited.entry()).orElseThrow(), edited.parent(), book.nextId(), changed);
        }

        @Override
        public History.State on(History.State before) {
            var entries = new ArrayList<>(before.book().entries());
            this.entries.forEach((place, entry) -> {
                if (place < entries.size()) {
                    entries.set(place, entry);
                } else {
                    entries.add(entry);
                }
            });
            Codebook after = new Codebook(before.book().distance(), entries, nextId);
            return before.history().edited(new Maintenance.Step(action, place, parent, after), before.book(), after);
        }

        @Override
        public ObjectNode json() {
            ObjectNode json = Configs.JSON.createObjectNode();
            json.put("op", "edit")
                    .put("action", action.name().toLowerCase(Locale.ROOT))
                    .put("place", place)
                    .put("parent", parent)
                    .put("next_id", nextId);
            ObjectNode changed = json.putObject("entries");
            entries.forEach((at, entry) -> changed.set(String.valueOf(at), EntryJson.write(entry)));
            return json;
        }
    }

    /** An entry taken back, and whether the one that was split for it has its room again. */
    record Deleted(long id, boolean restoreRadius) implements Logged {
        @Override
        public History.State on(History.State before) {
            return before.history().delete(before.book(), id, restoreRadius);
        }

        @Override
        public ObjectNode json() {
            return Configs.JSON
                    .createObjectNode()
                    .put("op", "delete")
                    .put("id", id)
                    .put("restore_radius", restoreRadius);
        }
    }

    /** The last edits undone. */
    record RolledBack(int edits) implements Logged {
        @Override
        public History.State on(History.State before) {
            return before.history().rollback(before.book(), edits);
        }

        @Override
        public ObjectNode json() {
            return Configs.JSON.createObjectNode().put("op", "rollback").put("edits", edits);
        }
    }

    /** @throws IllegalArgumentException if it is no change that is known */
    static Logged read(ObjectNode json) {
        return switch (json.path("op").asString("")) {
            case "edit" -> made(json);
            case "delete" ->
                new Deleted(
                        json.path("id").asLong(), json.path("restore_radius").asBoolean());
            case "rollback" -> new RolledBack(json.path("edits").asInt());
            default -> throw new IllegalArgumentException("\"" + json.path("op") + "\" is no change that is known");
        };
    }

    private static Made made(ObjectNode json) {
        var entries = new LinkedHashMap<Integer, Entry>();
        for (Map.Entry<String, JsonNode> one : json.path("entries").properties()) {
            entries.put(Integer.parseInt(one.getKey()), EntryJson.read(one.getValue()));
        }
        return new Made(
                Action.valueOf(json.path("action").asString().toUpperCase(Locale.ROOT)),
                json.path("place").asInt(),
                json.path("parent").asLong(),
                json.path("next_id").asLong(),
                entries);
    }
}
