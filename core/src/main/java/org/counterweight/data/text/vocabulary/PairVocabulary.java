package org.counterweight.data.text.vocabulary;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.counterweight.config.Configs;
import org.counterweight.data.DataException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code vocab.json} with {@code merges.txt}, GPT-2's and RoBERTa's form, as the {@code tokenizer.json} that says the same:
 * pairs of bytes merged in the order of the file; RoBERTa's between its {@code <s>} and {@code </s>}.
 */
final class PairVocabulary {
    /** Those whose texts are cut into words as GPT-2's are. */
    private static final List<String> CLASSES = List.of("", "GPT2", "Roberta", "Bart", "Longformer", "LED");

    private static final String END = "<|endoftext|>";

    /** Model types whose texts stand by themselves, whatever tokens there are: OPT has RoBERTa's. */
    private static final List<String> UNFRAMED = List.of("gpt2", "gpt_neo", "gptj", "opt");

    /** The tokens that a text of RoBERTa's kin may have in it, by their roles. */
    private static final Map<String, String> ROBERTA = new TreeMap<>(Map.of(
            "bos_token", "<s>",
            "eos_token", "</s>",
            "sep_token", "</s>",
            "cls_token", "<s>",
            "unk_token", "<unk>",
            "pad_token", "<pad>",
            "mask_token", "<mask>"));

    /** The same of GPT-2's: it has one for the ends of a text, and the others only if its settings name them. */
    private static final Map<String, String> GPT2 = new TreeMap<>(Map.of(
            "bos_token", END,
            "eos_token", END,
            "unk_token", END,
            "sep_token", "",
            "cls_token", "",
            "pad_token", "",
            "mask_token", ""));

    private PairVocabulary() {}

    static ObjectNode read(Path file, ObjectNode settings) {
        String type = settings.path("tokenizer_class").asString("").replaceFirst("Tokenizer(Fast)?$", "");
        ObjectNode vocabulary = vocabulary(file);
        if (!CLASSES.contains(type) || vocabulary.has("<|startoftext|>")) {
            throw new DataException(file + ": vocab.json and merges.txt of " + (type.isEmpty() ? "CLIP" : type)
                    + " do not say how words are found in texts; "
                    + TokenizerFiles.conversion(file.toAbsolutePath().resolveSibling("")));
        }
        boolean isFramed = type.isEmpty() ? isFramed(file, vocabulary) : !type.equals("GPT2");
        boolean spaced = settings.path("add_prefix_space").asBoolean(false);
        ObjectNode json = Configs.JSON.createObjectNode();
        json.put("version", "1.0");
        var added = new AddedTokens();
        (isFramed ? ROBERTA : GPT2).forEach((role, usual) -> {
            String token = named(file, settings, role, usual);
            if (vocabulary.has(token)) {
                added.special(token, vocabulary.get(token).asInt());
            }
        });
        added.beside(file, settings).into(json.putArray("added_tokens"));
        json.putNull("normalizer");
        byteLevel(json.putObject("pre_tokenizer"), spaced);
        if (isFramed) {
            ObjectNode frame = json.putObject("post_processor").put("type", "RobertaProcessing");
            pair(frame.putArray("sep"), settings, "sep_token", "</s>", vocabulary);
            pair(frame.putArray("cls"), settings, "cls_token", "<s>", vocabulary);
            frame.put("trim_offsets", true).put("add_prefix_space", spaced);
        } else {
            frame(json.putObject("post_processor"), file, settings, vocabulary, spaced);
        }
        byteLevel(json.putObject("decoder"), true);
        ObjectNode model = json.putObject("model").put("type", "BPE");
        model.put("continuing_subword_prefix", "").put("end_of_word_suffix", "").put("fuse_unk", false);
        model.set("vocab", vocabulary);
        merges(model.putArray("merges"), file.resolveSibling("merges.txt"));
        return json;
    }

    private static boolean isFramed(Path file, ObjectNode vocabulary) {
        String model = TokenizerFiles.read(file.resolveSibling("config.json"))
                .path("model_type")
                .asString("");
        return !UNFRAMED.contains(model) && vocabulary.has("<s>") && vocabulary.has("</s>");
    }

    /** GPT-2's texts begin and end with a token where the settings ask for it: OPT's do begin so. */
    private static void frame(
            ObjectNode processor, Path file, ObjectNode settings, ObjectNode vocabulary, boolean spaced) {
        String first = settings.path("add_bos_token").asBoolean(false) ? named(file, settings, "bos_token", END) : "";
        String last = settings.path("add_eos_token").asBoolean(false) ? named(file, settings, "eos_token", END) : "";
        if (first.isEmpty() && last.isEmpty()) {
            byteLevel(processor, spaced);
            return;
        }
        processor.put("type", "TemplateProcessing");
        ArrayNode single = processor.putArray("single");
        ArrayNode pair = processor.putArray("pair");
        part(single, first, "A", last, 0);
        part(pair, first, "A", last, 0);
        part(pair, first, "B", last, 1);
        ObjectNode specials = processor.putObject("special_tokens");
        for (String token : List.of(first, last)) {
            if (token.isEmpty()) {
                continue;
            }
            if (!vocabulary.has(token)) {
                throw new DataException(file + ": has no token \"" + token + "\", which texts begin or end with by "
                        + TokenizerFiles.SETTINGS + "; copy both files of one model");
            }
            ObjectNode entry = specials.putObject(token).put("id", token);
            entry.putArray("ids").add(vocabulary.path(token).asInt());
            entry.putArray("tokens").add(token);
        }
    }

    private static void part(ArrayNode template, String first, String text, String last, int type) {
        if (!first.isEmpty()) {
            BertVocabulary.special(template, first, type);
        }
        BertVocabulary.sequence(template, text, type);
        if (!last.isEmpty()) {
            BertVocabulary.special(template, last, type);
        }
    }

    /**
     * The token of a role, by the settings or by the older file beside them.
     *
     * @param usual where neither names one
     */
    private static String named(Path file, ObjectNode settings, String role, String usual) {
        JsonNode token = settings.has(role)
                ? settings.path(role)
                : TokenizerFiles.read(file.resolveSibling("special_tokens_map.json"))
                        .path(role);
        return token.isObject() ? token.path("content").asString(usual) : token.asString(usual);
    }

    private static ObjectNode vocabulary(Path file) {
        try {
            return Configs.read(file);
        } catch (IOException e) {
            throw new DataException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }

    private static void byteLevel(ObjectNode into, boolean spaced) {
        into.put("type", "ByteLevel")
                .put("add_prefix_space", spaced)
                .put("trim_offsets", true)
                .put("use_regex", true);
    }

    private static void pair(ArrayNode into, ObjectNode settings, String key, String usual, ObjectNode vocabulary) {
        String token = settings.path(key).isObject()
                ? settings.path(key).path("content").asString(usual)
                : settings.path(key).asString(usual);
        into.add(token).add(vocabulary.path(token).asInt());
    }

    private static void merges(ArrayNode into, Path file) {
        try {
            for (String line : Files.readAllLines(file)) {
                if (!line.isBlank() && !line.startsWith("#version")) {
                    into.add(line.strip());
                }
            }
        } catch (IOException e) {
            throw new DataException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }
}
