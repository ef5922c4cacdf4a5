package org.counterweight.data.text.bpe;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.counterweight.config.Configs;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A vocabulary of byte pairs.
 *
 * @param tokens by their text in visible letters, with their numbers, from 0 on
 * @param merges in the order in which they are tried
 * @param specials tokens that stand for themselves
 */
public record BpeVocabulary(Map<String, Integer> tokens, List<Merge> merges, List<String> specials) {
    /** Two tokens that become one. */
    public record Merge(String left, String right) {}

    public BpeVocabulary {
        tokens = Collections.unmodifiableMap(new LinkedHashMap<>(tokens));
        merges = List.copyOf(merges);
        specials = List.copyOf(specials);
    }

    /** {@code tokenizer.json}, as the tokenizers library reads it. */
    public ObjectNode tokenizer() {
        ObjectNode json = Configs.JSON.createObjectNode();
        json.put("version", "1.0");
        json.putNull("truncation");
        json.putNull("padding");
        ArrayNode added = json.putArray("added_tokens");
        for (String special : specials) {
            added.addObject()
                    .put("id", tokens.get(special))
                    .put("content", special)
                    .put("single_word", false)
                    .put("lstrip", false)
                    .put("rstrip", false)
                    .put("normalized", false)
                    .put("special", true);
        }
        json.putNull("normalizer");
        json.set("pre_tokenizer", byteLevel());
        json.putNull("post_processor");
        json.set("decoder", byteLevel());
        ObjectNode model = json.putObject("model");
        model.put("type", "BPE");
        for (String key : List.of("dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix")) {
            model.putNull(key);
        }
        model.put("fuse_unk", false).put("byte_fallback", false).put("ignore_merges", false);
        ObjectNode vocabulary = model.putObject("vocab");
        tokens.forEach(vocabulary::put);
        ArrayNode pairs = model.putArray("merges");
        merges.forEach(merge -> pairs.addArray().add(merge.left()).add(merge.right()));
        return json;
    }

    private static ObjectNode byteLevel() {
        return Configs.JSON
                .createObjectNode()
                .put("type", "ByteLevel")
                .put("add_prefix_space", false)
                .put("trim_offsets", true)
                .put("use_regex", true);
    }
}
