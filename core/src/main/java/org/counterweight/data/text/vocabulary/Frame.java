package org.counterweight.data.text.vocabulary;

import java.util.List;
import java.util.function.ToIntFunction;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Which tokens stand around a text, and around two: {@code first A last}, and {@code first A last middle B last}. Each may be
 * empty.
 *
 * @param middle before the second text, of which it has the type
 * @param type of all from {@code middle} on; the first text's is 0
 */
record Frame(String first, String last, String middle, int type) {
    /** BERT's: the second text has a type of its own. */
    static Frame typed(String first, String last) {
        return new Frame(first, last, "", 1);
    }

    boolean isEmpty() {
        return first.isEmpty() && last.isEmpty();
    }

    /** Writes it as the tokenizers library's {@code TemplateProcessing}. */
    void into(ObjectNode processor, ToIntFunction<String> ids) {
        processor.put("type", "TemplateProcessing");
        ArrayNode single = processor.putArray("single");
        ArrayNode pair = processor.putArray("pair");
        for (ArrayNode template : List.of(single, pair)) {
            token(template, first, 0);
            text(template, "A", 0);
            token(template, last, 0);
        }
        token(pair, middle, type);
        text(pair, "B", type);
        token(pair, last, type);
        ObjectNode specials = processor.putObject("special_tokens");
        for (String token : List.of(first, last)) {
            if (!token.isEmpty()) {
                ObjectNode entry = specials.putObject(token).put("id", token);
                entry.putArray("ids").add(ids.applyAsInt(token));
                entry.putArray("tokens").add(token);
            }
        }
    }

    private static void token(ArrayNode template, String token, int type) {
        if (!token.isEmpty()) {
            template.addObject().putObject("SpecialToken").put("id", token).put("type_id", type);
        }
    }

    private static void text(ArrayNode template, String name, int type) {
        template.addObject().putObject("Sequence").put("id", name).put("type_id", type);
    }
}
