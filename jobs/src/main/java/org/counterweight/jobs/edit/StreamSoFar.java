package org.counterweight.jobs.edit;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.counterweight.config.Configs;
import org.counterweight.jobs.edit.input.EditLine;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What came of a stream's lines so far: it grows line by line, and can be kept as JSON. */
final class StreamSoFar {
    private final List<ObjectNode> lines = new ArrayList<>();
    private final List<EditFigures> figures = new ArrayList<>();
    private final List<Integer> made = new ArrayList<>();
    private final List<String> unsuccessful = new ArrayList<>();
    private @Nullable EditFigures before;

    void add(EditLine line, Correcting.Corrected corrected) {
        ObjectNode json = Configs.JSON.createObjectNode();
        json.put("line", line.name()).put("text", line.text()).put("wanted", line.wanted());
        json.put("action", corrected.action());
        if (corrected.isMade()) {
            if (corrected.entry() >= 0) {
                json.put("entry", corrected.entry());
            }
            json.put("first_loss", corrected.losses()[0]);
            json.put("last_loss", corrected.losses()[corrected.losses().length - 1]);
        }
        add(json.put("right", corrected.right()));
    }

    private void add(ObjectNode line) {
        if (!line.path("action").asString().equals(Correcting.Corrected.NONE)) {
            made.add(lines.size());
        }
        if (!line.path("right").asBoolean()) {
            unsuccessful.add(line.path("line").asString());
        }
        lines.add(line);
    }

    /**
     * How the model fared before the first line.
     *
     * @param judge is asked once, also of a stream that is continued
     */
    EditFigures before(Supplier<EditFigures> judge) {
        EditFigures known = before;
        if (known == null) {
            known = judge.get();
            before = known;
        }
        return known;
    }

    void add(EditFigures judged) {
        figures.add(judged);
    }

    /** How many lines are done. */
    int done() {
        return lines.size();
    }

    /** The places in the stream of those that were corrected. */
    List<Integer> made() {
        return made;
    }

    /** How many were right as soon as they were done. */
    int right() {
        return lines.size() - unsuccessful.size();
    }

    List<String> unsuccessful() {
        return unsuccessful;
    }

    List<EditFigures> figures() {
        return figures;
    }

    /** An object a line. */
    List<String> lines() {
        return lines.stream().map(ObjectNode::toString).toList();
    }

    ObjectNode json() {
        ObjectNode json = Configs.JSON.createObjectNode();
        json.putArray("lines").addAll(lines);
        json.putArray("figures").addAll(figures.stream().map(EditFigures::json).toList());
        json.set("before", before == null ? null : before.json());
        return json;
    }

    static StreamSoFar read(JsonNode json) {
        var so = new StreamSoFar();
        json.path("lines").forEach(line -> so.add((ObjectNode) line));
        json.path("figures").forEach(figure -> so.add(EditFigures.read(figure)));
        so.before = json.path("before").isObject() ? EditFigures.read(json.path("before")) : null;
        return so;
    }
}
