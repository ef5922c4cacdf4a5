package org.counterweight.jobs.edit.input;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.counterweight.config.Configs;
import org.counterweight.data.DataException;
import org.counterweight.data.JsonLines;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One request of a stream: {@code {"text": …, "label": …}} of a classifier, {@code {"prompt": …, "target_new": …}} of a model that
 * writes, with {@code rephrase_prompt} and {@code locality} where there are any. The keys are ours, EasyEdit's of every age, and
 * those of the official code's questions.
 *
 * @param name file and line, for messages
 * @param wanted what the model should answer: a class's name, or how the text should go on
 * @param rephrasings other ways to ask the same, which no edit is made of
 * @param locality texts whose answer should stay
 */
public record EditLine(String name, String text, String wanted, List<String> rephrasings, List<String> locality) {
    private static final List<String> TEXT = List.of("text", "prompt", "src", "input");
    private static final List<String> WANTED = List.of("label", "target_new", "target", "alt", "labels", "output");
    private static final List<String> REPHRASINGS =
            List.of("rephrasings", "rephrase_prompt", "rephrase", "ood_rephrase", "filtered_rephrases");
    private static final List<String> LOCALITY =
            List.of("locality", "locality_prompt", "loc", "locality_rs", "locality_f");

    private static final char BYTE_ORDER_MARK = '\uFEFF';

    public EditLine {
        rephrasings = List.copyOf(rephrasings);
        locality = List.copyOf(locality);
    }

    /**
     * Reads a file of requests: one a line, or a list of them, as EasyEdit keeps its data.
     *
     * @throws DataException if one is no request, or there is none; the message has its number
     */
    public static List<EditLine> read(Path file) {
        var lines = new ArrayList<EditLine>();
        if (isList(file)) {
            for (JsonNode request : list(file)) {
                String name = file + ", request " + (lines.size() + 1);
                if (!(request instanceof ObjectNode values)) {
                    throw new DataException(name + ": is no JSON object");
                }
                lines.add(of(name, values));
            }
        } else {
            JsonLines.read(file, line -> lines.add(of(line.file() + ":" + line.number(), line.values())));
        }
        if (lines.isEmpty()) {
            throw new DataException(file + ": has no edits; expected one JSON object a line, as"
                    + " {\"text\": \"…\", \"label\": \"…\"} or {\"prompt\": \"…\", \"target_new\": \"…\"}");
        }
        return lines;
    }

    private static boolean isList(Path file) {
        try (Reader in = Files.newBufferedReader(file)) {
            int first;
            do {
                first = in.read();
            } while (first == BYTE_ORDER_MARK || Character.isWhitespace(first));
            return first == '[';
        } catch (IOException e) {
            return false; // whoever reads it line by line says what is wrong
        }
    }

    private static JsonNode list(Path file) {
        try {
            String text = Configs.text(file);
            return Configs.JSON.readTree(text.substring(text.indexOf('[')));
        } catch (JacksonException e) {
            String why = e.getOriginalMessage().lines().findFirst().orElse("");
            throw new DataException(file + ": is no list of JSON objects (" + why + ")", e);
        } catch (IOException e) {
            throw new DataException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }

    private static EditLine of(String name, ObjectNode values) {
        return new EditLine(
                name,
                required(values, name, TEXT),
                required(values, name, WANTED),
                texts(values, name, REPHRASINGS),
                texts(values, name, LOCALITY));
    }

    private static String required(ObjectNode values, String name, List<String> keys) {
        for (String key : keys) {
            JsonNode value = values.get(key);
            if (value != null) {
                JsonNode first = key.equals("output") ? value.path(0).path("answer") : value; // the official code's
                if (!first.isValueNode() || first.isNull()) {
                    throw new DataException(name + ": " + key + " is " + value + "; expected a text or a number");
                }
                if (first.asString().isBlank()) {
                    throw new DataException(
                            name + ": " + key + " is empty; say what the edit is, or take the line out");
                }
                return first.asString();
            }
        }
        throw new DataException(name + ": has neither " + String.join(" nor ", keys) + "; it has "
                + String.join(", ", values.propertyNames()));
    }

    private static List<String> texts(ObjectNode values, String name, List<String> keys) {
        var texts = new ArrayList<String>();
        for (String key : keys) {
            collect(values.path(key), name + ": " + key, texts);
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
