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

/** How many tokens of a text a trained classifier is shown, and whether it was shown two texts together. */
public final class ClassifierLength {
    /** A key of ours in {@code config.json}: the length that training cut texts at. */
    private static final String TRAINED = "trained_max_length";

    /** A key of ours likewise: that training read two texts together. */
    private static final String PAIRS = "trained_on_pairs";

    private ClassifierLength() {}

    /** Writes down what training uses. */
    public static void record(ObjectNode config, int maxLength) {
        record(config, maxLength, false);
    }

    /** The same, of texts alone or of pairs. */
    public static void record(ObjectNode config, int maxLength, boolean pairs) {
        config.put(TRAINED, maxLength);
        if (pairs) {
            config.put(PAIRS, true);
        } else {
            config.remove(PAIRS);
        }
    }

    /** Whether it was trained on pairs, as far as its config says. */
    public static boolean readsPairs(ObjectNode config) {
        return config.path(PAIRS).asBoolean(false);
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
