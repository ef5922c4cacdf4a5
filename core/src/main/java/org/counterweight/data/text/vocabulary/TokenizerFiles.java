package org.counterweight.data.text.vocabulary;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
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

    /** What SentencePiece wrote, by the names that families give it. */
    private static final List<String> SENTENCE_PIECE =
            List.of("spm.model", "spiece.model", "sentencepiece.bpe.model", "tokenizer.model", "source.spm");

    /** @throws DataException if there is none, or none that can be read */
    public static TokenizerFiles of(Path path) {
        Path file = locate(path);
        ObjectNode settings = read(file.resolveSibling(SETTINGS));
        String name = String.valueOf(file.getFileName());
        ObjectNode json = json(file, name, settings);
        boolean saysLeft =
                json.path("truncation").path("direction").asString("").equals("Left");
        String side = settings.path("truncation_side").asString(saysLeft ? "left" : "right");
        return new TokenizerFiles(file, json, side.equals("left"), typed(file, settings));
    }

    private static ObjectNode json(Path file, String name, ObjectNode settings) {
        if (name.endsWith(".txt")) {
            return BertVocabulary.read(file, settings);
        }
        if (name.equals(PAIRS)) {
            return PairVocabulary.read(file, settings);
        }
        return name.endsWith(".model") || name.endsWith(".spm") ? PieceVocabulary.read(file, settings) : read(file);
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
        return in(path).orElseThrow(() -> new DataException(
                path + ": has neither tokenizer.json nor vocab.txt; copy the model's tokenizer there"));
    }

    /** Whether a directory has a vocabulary, in whichever of the forms. */
    public static boolean areIn(Path directory) {
        return in(directory).isPresent();
    }

    private static Optional<Path> in(Path directory) {
        Stream<String> pairs = Files.exists(directory.resolve("merges.txt")) ? Stream.of(PAIRS) : Stream.empty();
        return Stream.of(Stream.of(WHOLE, PIECES), pairs, SENTENCE_PIECE.stream())
                .flatMap(names -> names)
                .map(directory::resolve)
                .filter(Files::exists)
                .findFirst();
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
