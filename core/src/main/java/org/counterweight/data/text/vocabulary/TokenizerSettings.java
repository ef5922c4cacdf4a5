package org.counterweight.data.text.vocabulary;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What lies beside a vocabulary and says how it is used.
 *
 * @param own {@code tokenizer_config.json}
 * @param roles the older {@code special_tokens_map.json}
 * @param model the model's {@code config.json}; each is empty where there is none
 */
record TokenizerSettings(ObjectNode own, ObjectNode roles, ObjectNode model) {
    /** The roles of tokens, in the order in which new ones are numbered. */
    static final List<String> ROLES =
            List.of("bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token");

    static TokenizerSettings beside(Path vocabulary, ObjectNode own) {
        return new TokenizerSettings(
                own,
                TokenizerFiles.read(vocabulary.resolveSibling("special_tokens_map.json")),
                TokenizerFiles.read(vocabulary.resolveSibling("config.json")));
    }

    /** The class that reads the vocabulary, as transformers names it, without its ending; empty where none is named. */
    String type() {
        return type(own);
    }

    /** The same, by the model's own file where the tokenizer's names none. */
    String anyType() {
        return type().isEmpty() ? type(model) : type();
    }

    private static String type(ObjectNode settings) {
        return settings.path("tokenizer_class").asString("").replaceFirst("Tokenizer(Fast)?$", "");
    }

    /** The model's {@code model_type}; empty where none is named. */
    String modelType() {
        return model.path("model_type").asString("");
    }

    /** @param usual where nothing is said */
    boolean flag(String key, boolean usual) {
        return own.path(key).isBoolean() ? own.path(key).asBoolean() : usual;
    }

    /** The token of a role: a text, or an object with its flags; nothing where neither file names one. */
    JsonNode stated(String role) {
        return own.has(role) ? own.path(role) : roles.path(role);
    }

    /**
     * The text of the token of a role; empty where there is none.
     *
     * @param usual where neither file speaks of the role
     */
    String token(String role, String usual) {
        JsonNode stated = stated(role);
        return stated.isMissingNode() ? usual : content(stated, usual);
    }

    private static String content(JsonNode token, String usual) {
        return token.isObject() ? token.path("content").asString(usual) : token.asString("");
    }

    /** Special tokens without a role, as they are stated. */
    List<JsonNode> additional() {
        var all = new ArrayList<JsonNode>();
        stated("additional_special_tokens").forEach(all::add);
        stated("extra_special_tokens").forEach(all::add);
        return all;
    }
}
