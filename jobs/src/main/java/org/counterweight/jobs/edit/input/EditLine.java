package org.counterweight.jobs.edit.input;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.counterweight.data.DataException;
import org.counterweight.data.JsonLines;
import tools.jackson.databind.JsonNode;

/**
 * One request of a stream: {@code {"text": …, "label": …}} of a classifier, {@code {"prompt": …, "target_new": …}} of a decoder,
 * with {@code rephrase_prompt} and {@code locality} as EasyEdit has them, where there are any.
 *
 * @param name file and line, for messages
 * @param wanted what the model should answer: a class's name, or how the text should go on
 * @param rephrasings other ways to ask the same, which no edit is made of
 * @param locality texts whose answer should stay
 */
public record EditLine(String name, String text, String wanted, List<String> rephrasings, List<String> locality) {
    private static final List<String> TEXT = List.of("text", "prompt");
    private static final List<String> WANTED = List.of("label", "target_new", "target");
    private static final List<String> REPHRASINGS = List.of("rephrasings", "rephrase_prompt", "rephrase");
    private static final List<String> LOCALITY = List.of("locality", "locality_prompt");

    public EditLine {
        rephrasings = List.copyOf(rephrasings);
        locality = List.copyOf(locality);
    }

    /**
     * Reads a file of requests.
     *
     * @throws DataException if a line is no request, or there is none; the message has its number
     */
    public static List<EditLine> read(Path file) {
        var lines = new ArrayList<EditLine>();
        JsonLines.read(file, line -> lines.add(of(line)));
        if (lines.isEmpty()) {
            throw new DataException(file + ": has no edits; expected one JSON object a line, as"
                    + " {\"text\": \"…\", \"label\": \"…\"} or {\"prompt\": \"…\", \"target_new\": \"…\"}");
        }
        return lines;
    }

    private static EditLine of(JsonLines.Line line) {
        String name = line.file() + ":" + line.number();
        return new EditLine(
                name,
                required(line, name, TEXT),
                required(line, name, WANTED),
                texts(line, name, REPHRASINGS),
                texts(line, name, LOCALITY));
    }

    private static String required(JsonLines.Line line, String name, List<String> keys) {
        for (String key : keys) {
            if (line.values().has(key)) {
                String text = line.get(key);
                if (text.isBlank()) {
                    throw new DataException(
                            name + ": " + key + " is empty; say what the edit is, or take the line out");
                }
                return text;
            }
        }
        throw new DataException(name + ": has neither " + String.join(" nor ", keys) + "; it has "
                + String.join(", ", line.values().propertyNames()));
    }

    private static List<String> texts(JsonLines.Line line, String name, List<String> keys) {
        var texts = new ArrayList<String>();
        for (String key : keys) {
            collect(line.values().path(key), name + ": " + key, texts);
        }
        return texts;
    }

    /** A text, a list of them, or EasyEdit's {@code {"neighborhood": {"prompt": …, "ground_truth": …}}}. */
    private static void collect(JsonNode node, String where, List<String> into) {
        if (node.isString()) {
            into.add(node.asString());
        } else if (node.isArray()) {
            node.forEach(one -> collect(one, where, into));
        } else if (node.has("prompt")) {
            collect(node.path("prompt"), where, into);
        } else if (node.isObject()) {
            node.forEach(one -> collect(one, where, into));
        } else if (!node.isMissingNode() && !node.isNull()) {
            throw new DataException(where + " is " + node + "; expected a text, or a list of texts");
        }
    }
}
