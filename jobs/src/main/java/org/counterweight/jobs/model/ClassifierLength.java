package org.counterweight.jobs.model;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.counterweight.config.Configs;
import org.counterweight.data.text.TextTokenizer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** How many tokens of a text a trained classifier is shown. */
public final class ClassifierLength {
    /** A key of ours in {@code config.json}: the length that training cut texts at. */
    private static final String TRAINED = "trained_max_length";

    private ClassifierLength() {}

    /** Writes down what training uses. */
    public static void record(ObjectNode config, int maxLength) {
        config.put(TRAINED, maxLength);
    }

    /**
     * What the user said; else what training used; else as many as the model has places for; else what its tokenizer says
     * of its models; else all.
     *
     * @param given what the user said, or null
     * @param tokenizer the tokenizer's directory
     */
    public static int of(@Nullable Integer given, AdaptedModel model, Path tokenizer) {
        if (given != null) {
            return given;
        }
        int positions = model.places();
        JsonNode trained = model.config().path(TRAINED);
        if (isLength(trained)) {
            return Math.min(trained.asInt(), positions);
        }
        if (positions != Integer.MAX_VALUE) {
            return positions;
        }
        JsonNode stated = stated(tokenizer);
        return isLength(stated) ? stated.asInt() : TextTokenizer.UNLIMITED;
    }

    /** Tokenizers that know no limit state a number beyond all integers. */
    private static boolean isLength(JsonNode node) {
        return node.isIntegralNumber() && node.canConvertToInt() && node.asInt() >= 2;
    }

    private static JsonNode stated(Path tokenizer) {
        Path file = tokenizer.resolve("tokenizer_config.json");
        try {
            return (Files.exists(file) ? Configs.read(file) : Configs.JSON.createObjectNode()).path("model_max_length");
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }
}
