package org.counterweight.data.text.vocabulary;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.counterweight.config.Configs;
import org.counterweight.data.DataException;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code vocab.json} with {@code merges.txt}, GPT-2's, RoBERTa's and Qwen's form, as the {@code tokenizer.json} that says the
 * same: pairs of bytes merged in the order of the file; RoBERTa's between its {@code <s>} and {@code </s>}.
 */
final class PairVocabulary {
    private static final String QWEN = "Qwen2";

    /** Those whose texts are cut into words as GPT-2's are, or Qwen's. */
    private static final List<String> CLASSES = List.of("", "GPT2", "Roberta", "Bart", "Longformer", "LED", QWEN);

    /** Model types of Qwen's. */
    private static final List<String> QWENS = List.of("qwen2", "qwen2_moe", "qwen3", "qwen3_moe");

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

    /** Of Qwen's, whose texts have no beginning. */
    private static final Map<String, String> QWEN_ROLES = Map.of("eos_token", END, "unk_token", END, "pad_token", END);

    /** How Qwen's texts are cut into words: Oniguruma's spelling, each digit by itself. */
    private static final String QWEN_WORDS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}"
            + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

    private PairVocabulary() {}

    static ObjectNode read(Path file, ObjectNode own) {
        TokenizerSettings settings = TokenizerSettings.beside(file, own);
        String type = settings.type();
        ObjectNode vocabulary = vocabulary(file);
        if (!CLASSES.contains(type) || vocabulary.has("<|startoftext|>")) {
            throw new DataException(file + ": vocab.json and merges.txt of " + (type.isEmpty() ? "CLIP" : type)
                    + " do not say how words are found in texts; " + TokenizerFiles.conversion(file));
        }
        boolean isQwen = type.equals(QWEN) || type.isEmpty() && QWENS.contains(settings.modelType());
        boolean isFramed = type.isEmpty() ? isFramed(settings, vocabulary) : !type.equals("GPT2");
        boolean spaced = settings.flag("add_prefix_space", false);
        ObjectNode json = Configs.JSON.createObjectNode();
        json.put("version", "1.0");
        ArrayNode added = json.putArray("added_tokens");
        if (isQwen) {
            new AddedTokens()
                    .beside(file, own)
                    .named(settings, QWEN_ROLES, ids(vocabulary))
                    .into(added);
            json.set("normalizer", Steps.of("NFC"));
            json.set("pre_tokenizer", Steps.all("pretokenizers", words(spaced)));
            byteLevel(json.putObject("post_processor"), false).put("trim_offsets", false);
        } else {
            roles(isFramed ? ROBERTA : GPT2, settings, vocabulary)
                    .beside(file, own)
                    .into(added);
            json.putNull("normalizer");
            byteLevel(json.putObject("pre_tokenizer"), spaced);
            frame(json.putObject("post_processor"), isFramed, file, settings, vocabulary, spaced);
        }
        byteLevel(json.putObject("decoder"), true);
        ObjectNode model = json.putObject("model").put("type", "BPE");
        model.put("continuing_subword_prefix", "").put("end_of_word_suffix", "").put("fuse_unk", false);
        model.set("vocab", vocabulary);
        merges(model.putArray("merges"), file.resolveSibling("merges.txt"));
        return json;
    }

    private static boolean isFramed(TokenizerSettings settings, ObjectNode vocabulary) {
        return !UNFRAMED.contains(settings.modelType()) && vocabulary.has("<s>") && vocabulary.has("</s>");
    }

    /** The tokens that have a role, as far as the vocabulary has them. */
    private static AddedTokens roles(Map<String, String> usual, TokenizerSettings settings, ObjectNode vocabulary) {
        var added = new AddedTokens();
        usual.forEach((role, token) -> {
            String named = settings.token(role, token);
            if (vocabulary.has(named)) {
                added.special(named, vocabulary.get(named).asInt());
            }
        });
        return added;
    }

    private static Map<String, Integer> ids(ObjectNode vocabulary) {
        var ids = new HashMap<String, Integer>();
        vocabulary
                .properties()
                .forEach(entry -> ids.put(entry.getKey(), entry.getValue().asInt()));
        return ids;
    }

    private static ArrayNode words(boolean spaced) {
        ArrayNode steps = Configs.JSON.createArrayNode();
        steps.add(Steps.split(QWEN_WORDS));
        byteLevel(steps.addObject(), spaced).put("use_regex", false);
        return steps;
    }

    /** RoBERTa's texts stand between tokens; GPT-2's begin and end with one where the settings ask for it: OPT's do begin so. */
    private static void frame(
            ObjectNode processor,
            boolean isFramed,
            Path file,
            TokenizerSettings settings,
            ObjectNode vocabulary,
            boolean spaced) {
        if (isFramed) {
            processor.put("type", "RobertaProcessing");
            pair(processor.putArray("sep"), settings.token("sep_token", "</s>"), vocabulary);
            pair(processor.putArray("cls"), settings.token("cls_token", "<s>"), vocabulary);
            processor.put("trim_offsets", true).put("add_prefix_space", spaced);
            return;
        }
        String first = settings.flag("add_bos_token", false) ? settings.token("bos_token", END) : "";
        String last = settings.flag("add_eos_token", false) ? settings.token("eos_token", END) : "";
        var frame = new Frame(first, last, first, 1);
        if (frame.isEmpty()) {
            byteLevel(processor, spaced);
        } else {
            frame.into(processor, token -> id(file, token, vocabulary));
        }
    }

    private static int id(Path file, String token, ObjectNode vocabulary) {
        if (!vocabulary.has(token)) {
            throw new DataException(file + ": has no token \"" + token + "\", which texts begin or end with by "
                    + TokenizerFiles.SETTINGS + "; copy both files of one model");
        }
        return vocabulary.path(token).asInt();
    }

    private static ObjectNode vocabulary(Path file) {
        try {
            return Configs.read(file);
        } catch (IOException e) {
            throw new DataException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }

    private static ObjectNode byteLevel(ObjectNode into, boolean spaced) {
        return into.put("type", "ByteLevel")
                .put("add_prefix_space", spaced)
                .put("trim_offsets", true)
                .put("use_regex", true);
    }

    private static void pair(ArrayNode into, String token, ObjectNode vocabulary) {
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
