package org.counterweight.jobs.predict.speech;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.counterweight.config.Configs;
import org.counterweight.formats.Format;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * How a model's files want it to continue texts: {@code generation_config.json}, or the same keys of an older {@code
 * config.json}.
 *
 * @param said all of the file
 */
public record GenerationFile(ObjectNode said) {
    private static final String FILE = "generation_config.json";

    /** What transformers does to logits, or how it searches, that is not done here; and where it changes nothing. */
    private static final Map<String, Double> NEUTRAL = Map.of(
            "repetition_penalty", 1.0,
            "encoder_repetition_penalty", 1.0,
            "no_repeat_ngram_size", 0.0,
            "encoder_no_repeat_ngram_size", 0.0,
            "min_length", 0.0,
            "min_new_tokens", 0.0,
            "num_beams", 1.0);

    /** The same of settings that are tokens. */
    private static final List<String> TOKENS = List.of(
            "suppress_tokens",
            "begin_suppress_tokens",
            "bad_words_ids",
            "sequence_bias",
            "forced_bos_token_id",
            "forced_eos_token_id");

    /** What lies in a model's directory; nothing if there is no such file. */
    public static GenerationFile in(Path directory) {
        Path file = directory.resolve(FILE);
        return new GenerationFile(Files.exists(file) ? Format.config(file) : Configs.JSON.createObjectNode());
    }

    /** The tokens that an answer ends at; empty if none is named. */
    public Set<Long> ends() {
        var ends = new HashSet<Long>();
        JsonNode stated = said.path("eos_token_id");
        if (stated.isIntegralNumber()) {
            ends.add(stated.asLong());
        }
        stated.forEach(id -> ends.add(id.asLong()));
        return ends;
    }

    /** What is asked for and not done, as it stands there: answers differ from those of transformers' {@code generate}. */
    public List<String> unheeded() {
        var unheeded = new ArrayList<String>();
        new TreeMap<>(NEUTRAL).forEach((key, neutral) -> {
            if (said.path(key).isNumber() && said.path(key).asDouble() != neutral) {
                unheeded.add(key + ": " + said.path(key));
            }
        });
        for (String key : TOKENS) {
            JsonNode given = said.path(key);
            if (given.isNumber() || given.isContainer() && !given.isEmpty()) {
                unheeded.add(key);
            }
        }
        return unheeded;
    }
}
