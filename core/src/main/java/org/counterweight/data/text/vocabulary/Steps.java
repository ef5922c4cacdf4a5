package org.counterweight.data.text.vocabulary;

import org.counterweight.config.Configs;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The parts of which {@code tokenizer.json} makes a text's way to its tokens, by the names of the tokenizers library. */
final class Steps {
    private Steps() {}

    static ObjectNode of(String type) {
        return Configs.JSON.createObjectNode().put("type", type);
    }

    /** One text in the place of another. */
    static ObjectNode replace(String text, String by) {
        ObjectNode step = of("Replace");
        step.putObject("pattern").put("String", text);
        return step.put("content", by);
    }

    /** One text in the place of all that an expression (Oniguruma's) finds. */
    static ObjectNode replaceAll(String expression, String by) {
        ObjectNode step = of("Replace");
        step.putObject("pattern").put("Regex", expression);
        return step.put("content", by);
    }

    /** A blank before a text, or before the first part of one alone, and a mark in the place of each blank. */
    static ObjectNode blanks(String mark, String prefixed) {
        return of("Metaspace")
                .put("replacement", mark)
                .put("prepend_scheme", prefixed)
                .put("split", false);
    }

    /** What an expression finds stands apart. */
    static ObjectNode split(String expression) {
        ObjectNode step = of("Split");
        step.putObject("pattern").put("Regex", expression);
        return step.put("behavior", "Isolated").put("invert", false);
    }

    /** Several in a row. */
    static ObjectNode all(String list, ArrayNode steps) {
        ObjectNode sequence = of("Sequence");
        sequence.set(list, steps);
        return sequence;
    }
}
