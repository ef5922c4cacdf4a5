package org.counterweight.data.text.vocabulary;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.counterweight.config.Configs;
import org.counterweight.data.DataException;
import org.counterweight.model.Batch;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The files of a tokenizer, whichever of their forms they have, as the {@code tokenizer.json} that says the same.
 *
 * @param file that the vocabulary was read from
 * @param cutsLeft whether long texts lose their beginning ({@code truncation_side}) and not their end
 * @param typed whether the model is told which of two texts a token belongs to ({@code token_type_ids})
 */
public record TokenizerFiles(Path file, ObjectNode json, boolean cutsLeft, boolean typed) {
    static final String SETTINGS = "tokenizer_config.json";
    private static final String WHOLE = "tokenizer.json";
    private static final String PIECES = "vocab.txt";
    private static final String PAIRS = "vocab.json";

    /** The families whose tokenizers tell types, as their classes and model types begin. */
    private static final List<String> TYPED = List.of("bert", "electra", "deberta");

    /** What SentencePiece wrote, which is no JSON. */
    private static final List<String> SENTENCE_PIECE =
            List.of("tokenizer.model", "spiece.model", "sentencepiece.bpe.model", "spm.model", "source.spm");

    /** @throws DataException if there is none, or none that can be read */
    public static TokenizerFiles of(Path path) {
        Path file = locate(path);
        ObjectNode settings = read(file.resolveSibling(SETTINGS));
        String name = String.valueOf(file.getFileName());
        ObjectNode json = name.endsWith(".txt")
                ? BertVocabulary.read(file, settings)
                : name.equals(PAIRS) ? PairVocabulary.read(file, settings) : read(file);
        boolean saysLeft =
                json.path("truncation").path("direction").asString("").equals("Left");
        String side = settings.path("truncation_side").asString(saysLeft ? "left" : "right");
        return new TokenizerFiles(file, json, side.equals("left"), typed(file, settings));
    }

    /**
     * What {@code model_input_names} says; else what transformers 5 does by the tokenizer's class, or, where no file names one, by
     * the model's type.
     */
    private static boolean typed(Path file, ObjectNode settings) {
        JsonNode named = settings.path("model_input_names");
        if (named.isArray()) {
            return named.valueStream().anyMatch(name -> name.asString("").equals(Batch.TOKEN_TYPE_IDS));
        }
        String name = settings.path("tokenizer_class").asString("");
        if (name.isEmpty()) {
            name = read(file.resolveSibling("config.json")).path("model_type").asString("bert");
        }
        String stem = name.toLowerCase(Locale.ROOT);
        return TYPED.stream().anyMatch(stem::startsWith) && !stem.startsWith("bertgeneration");
    }

    private static Path locate(Path path) {
        if (!Files.isDirectory(path)) {
            if (!Files.exists(path)) {
                throw new DataException(path + ": there is no such file; expected a tokenizer.json or vocab.txt");
            }
            return path;
        }
        for (String name : List.of(WHOLE, PIECES)) {
            if (Files.exists(path.resolve(name))) {
                return path.resolve(name);
            }
        }
        if (Files.exists(path.resolve(PAIRS)) && Files.exists(path.resolve("merges.txt"))) {
            return path.resolve(PAIRS);
        }
        for (String name : SENTENCE_PIECE) {
            if (Files.exists(path.resolve(name))) {
                throw new DataException(path.resolve(name) + ": is SentencePiece's own format, which is not read here; "
                        + conversion(path.resolve(name)));
            }
        }
        throw new DataException(path + ": has neither tokenizer.json nor vocab.txt; copy the model's tokenizer there");
    }

    /** What makes a {@code tokenizer.json} of any tokenizer that transformers reads. */
    static String conversion(Path vocabulary) {
        Path directory = vocabulary.getParent() == null ? Path.of(".") : vocabulary.getParent();
        return "write tokenizer.json once with Python: python -c \"from transformers import AutoTokenizer as A;"
                + " A.from_pretrained('" + directory + "').save_pretrained('" + directory + "')\"";
    }

    /** An empty object where there is no such file. */
    static ObjectNode read(Path file) {
        try {
            return Files.exists(file) ? Configs.read(file) : Configs.JSON.createObjectNode();
        } catch (IOException e) {
            throw new DataException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }
}
