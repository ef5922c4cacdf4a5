package org.counterweight.jobs.serve.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.counterweight.config.Nearest;
import org.counterweight.data.text.Passages;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A request that was read.
 *
 * @param word the last word of its path, where the route takes one
 * @param query by name
 * @param body what was sent; empty without a body
 */
public record Asking(String word, Map<String, String> query, ObjectNode body) {
    /** Refuses what the body or the query has beside these names. */
    public void allow(String... names) {
        List<String> known = List.of(names);
        for (String name : body.propertyNames()) {
            refuse(name, known);
        }
        for (String name : query.keySet()) {
            refuse(name, known);
        }
    }

    private static void refuse(String name, List<String> known) {
        if (!known.contains(name)) {
            throw new Refusal(
                    400,
                    "\"" + name + "\" is not known here"
                            + (known.isEmpty() ? "; nothing is" : Nearest.hint(name, known, "Known:")));
        }
    }

    /** Whether the body has a value of that name that is not null. */
    public boolean has(String name) {
        return body.hasNonNull(name);
    }

    /** A text that must be there under one of the names, and not be blank. */
    public String text(String... names) {
        for (String name : names) {
            if (has(name)) {
                JsonNode value = body.get(name);
                if (!value.isString() || value.asString().isBlank()) {
                    throw wrong(name, value, "a text that is not empty");
                }
                return value.asString();
            }
        }
        throw new Refusal(
                400, "there is no " + String.join(", nor ", names) + "; expected {\"" + names[0] + "\": \"…\"}");
    }

    /**
     * {@code text}, or {@code texts}, of which there is at least one; with {@code pair} or {@code pairs}, what is read together with
     * each.
     */
    public Passages passages(int most) {
        if (has("text") == has("texts")) {
            throw new Refusal(400, "give either text, or texts with several: {\"text\": \"…\"}");
        }
        if (has(has("text") ? "pairs" : "pair")) {
            throw new Refusal(400, "pair goes with text, and pairs with texts, one for each");
        }
        if (has("text")) {
            return new Passages(List.of(text("text")), has("pair") ? List.of(text("pair")) : List.of());
        }
        List<String> texts = texts("texts", most);
        List<String> pairs = has("pairs") ? texts("pairs", most) : List.of();
        if (!pairs.isEmpty() && pairs.size() != texts.size()) {
            throw new Refusal(400, "pairs: " + pairs.size() + " for " + texts.size() + " texts; give one for each");
        }
        return new Passages(texts, pairs);
    }

    private List<String> texts(String name, int most) {
        JsonNode list = body.get(name);
        if (!list.isArray() || list.isEmpty()) {
            throw wrong(name, list, "a list of texts");
        }
        if (list.size() > most) {
            throw new Refusal(413, name + ": " + list.size() + " are more than the " + most + " of one request");
        }
        var texts = new ArrayList<String>();
        for (JsonNode one : list) {
            if (!one.isString() || one.asString().isBlank()) {
                throw wrong(name, one, "texts that are not empty");
            }
            texts.add(one.asString());
        }
        return texts;
    }

    /** A yes or no of the body or the query; no where it is left out. */
    public boolean flag(String name) {
        String asked = query.get(name);
        if (asked != null) {
            if (!asked.equals("true") && !asked.equals("false")) {
                throw new Refusal(400, name + ": " + asked + " is not allowed; expected true or false");
            }
            return asked.equals("true");
        }
        if (!has(name)) {
            return false;
        }
        if (!body.get(name).isBoolean()) {
            throw wrong(name, body.get(name), "true or false");
        }
        return body.get(name).asBoolean();
    }

    /** A number of the body that must be there. */
    public int number(String name, int least) {
        JsonNode value = body.path(name);
        if (!value.isIntegralNumber() || !value.canConvertToInt() || value.asInt() < least) {
            throw wrong(name, value, "an integer of at least " + least);
        }
        return value.asInt();
    }

    /** A number of the query, or what it is where it is left out. */
    public int number(String name, int least, int most, int otherwise) {
        String asked = query.get(name);
        if (asked == null) {
            return otherwise;
        }
        try {
            int value = Integer.parseInt(asked);
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw outside(name, asked, least, most);
        }
        throw outside(name, asked, least, most);
    }

    /** The last word of the path as a number. */
    public long id() {
        if (!word.matches("[0-9]{1,18}")) {
            throw new Refusal(400, "\"" + word + "\" is no id of an edit; GET /edits lists them");
        }
        return Long.parseLong(word);
    }

    private static Refusal outside(String name, String asked, int least, int most) {
        return new Refusal(
                400, name + ": " + asked + " is not allowed; expected an integer from " + least + " to " + most);
    }

    private static Refusal wrong(String name, JsonNode value, String expected) {
        String shown = value.isMissingNode() ? "nothing" : value.toString();
        return new Refusal(
                400,
                name + ": " + (shown.length() <= 80 ? shown : shown.substring(0, 80) + "…")
                        + " is not allowed; expected " + expected);
    }
}
