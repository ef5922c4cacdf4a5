package org.counterweight.data.text;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.counterweight.config.Configs;
import org.counterweight.data.DataException;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * BERT's {@code vocab.txt} (one word piece a line, its number is its id) as the {@code tokenizer.json} that says the same:
 * WordPiece between {@code [CLS]} and {@code [SEP]}, lower case unless {@code tokenizer_config.json} beside it has
 * {@code do_lower_case: false}.
 */
final class BertVocabulary {
    private static final List<String> SPECIALS = List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]");

    private BertVocabulary() {}

    static ObjectNode read(Path file) {
        ObjectNode json = Configs.JSON.createObjectNode();
        ObjectNode vocabulary = Configs.JSON.createObjectNode();
        boolean lowerCase;
        try {
            for (String piece : Files.readAllLines(file)) {
                vocabulary.put(piece, vocabulary.size());
            }
            Path config = file.resolveSibling("tokenizer_config.json");
            lowerCase = !Files.exists(config)
                    || Configs.read(config).path("do_lower_case").asBoolean(true);
        } catch (IOException e) {
            throw new DataException(file + ": cannot be read: " + e.getMessage(), e);
        }
        json.put("version", "1.0");
        ArrayNode added = json.putArray("added_tokens");
        for (String token : SPECIALS) {
            if (!vocabulary.has(token)) {
                throw new DataException(file + ": has no line " + token + "; it is no vocabulary of BERT's kind");
            }
            added.addObject()
                    .put("id", vocabulary.get(token).asInt())
                    .put("content", token)
                    .put("single_word", false)
                    .put("lstrip", false)
                    .put("rstrip", false)
                    .put("normalized", false)
                    .put("special", true);
        }
        json.putObject("normalizer")
                .put("type", "BertNormalizer")
                .put("clean_text", true)
                .put("handle_chinese_chars", true)
                .putNull("strip_accents")
                .put("lowercase", lowerCase);
        json.putObject("pre_tokenizer").put("type", "BertPreTokenizer");
        around(json.putObject("post_processor"), vocabulary);
        json.putObject("decoder").put("type", "WordPiece").put("prefix", "##").put("cleanup", true);
        json.putObject("model")
                .put("type", "WordPiece")
                .put("unk_token", "[UNK]")
                .put("continuing_subword_prefix", "##")
                .put("max_input_chars_per_word", 100)
                .set("vocab", vocabulary);
        return json;
    }

    /** {@code [CLS] A [SEP]}, or {@code [CLS] A [SEP] B [SEP]} with type 1 from B on. */
    private static void around(ObjectNode processor, ObjectNode vocabulary) {
        processor.put("type", "TemplateProcessing");
        ArrayNode single = processor.putArray("single");
        ArrayNode pair = processor.putArray("pair");
        for (ArrayNode template : List.of(single, pair)) {
            special(template, "[CLS]", 0);
            sequence(template, "A", 0);
            special(template, "[SEP]", 0);
        }
        sequence(pair, "B", 1);
        special(pair, "[SEP]", 1);
        ObjectNode specials = processor.putObject("special_tokens");
        for (String token : List.of("[CLS]", "[SEP]")) {
            ObjectNode entry = specials.putObject(token).put("id", token);
            entry.putArray("ids").add(vocabulary.get(token).asInt());
            entry.putArray("tokens").add(token);
        }
    }

    private static void special(ArrayNode template, String token, int type) {
        template.addObject().putObject("SpecialToken").put("id", token).put("type_id", type);
    }

    private static void sequence(ArrayNode template, String name, int type) {
        template.addObject().putObject("Sequence").put("id", name).put("type_id", type);
    }
}
