package org.counterweight.fewgen.prompt;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.config.Nearest;
import org.counterweight.config.Setting;
import org.counterweight.model.zoo.Heads;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * How a masked language model is asked for the label of a text, in LM-BFF's words: T. Gao, A. Fisch and D. Chen, "Making
 * Pre-trained Language Models Better Few-shot Learners", ACL 2021, section 4. Beside a model it is {@code prompt.json}.
 */
public record PromptConfig(
        @Setting(
                value = "The text with a mask, as LM-BFF writes it: *sent_0* stands for the text, _ for a"
                        + " blank; see docs/methods/fewgen.md",
                example = "\"*cls**sent_0*_It_was*mask*.*sep+*\"")
        String template,

        @Setting(
                value = "The word at the mask for each label; each is to be one token of the classifier's",
                example = "{\"0\": \"terrible\", \"1\": \"great\"}")
        Map<String, String> mapping,

        @Setting(
                value = "Whether a model without a head for hidden words gets a plain head instead of being"
                        + " refused",
                defaultsTo = "false")
        boolean optional) {
    /** Its name beside a model. */
    public static final String FILE = "prompt.json";

    private static final String MAPPING = "mapping";

    /** @throws ConfigException if the template is none, or two labels have one word */
    public PromptConfig {
        PromptTemplate.parse(template);
        mapping = Collections.unmodifiableMap(new LinkedHashMap<>(mapping));
        var labels = new LinkedHashMap<String, String>();
        mapping.forEach((label, word) -> {
            if (word == null || word.isBlank()) {
                throw new ConfigException(MAPPING + ": the label \"" + label + "\" has no word; give it one");
            }
            String other = labels.putIfAbsent(word.strip(), label);
            if (other != null) {
                throw new ConfigException(MAPPING + ": the labels \"" + other + "\" and \"" + label
                        + "\" have one word, \"" + word + "\"; give each its own");
            }
        });
    }

    /** Of settings in which {@code mapping} may stand as in LM-BFF's scripts: {@code "{'0':'terrible','1':'great'}"}. */
    public static ObjectNode read(ObjectNode settings) {
        ObjectNode tree = settings.deepCopy();
        if (tree.path(MAPPING).isString()) {
            tree.set(MAPPING, Configs.yaml(tree.path(MAPPING).asString(), MAPPING));
        }
        return tree;
    }

    /**
     * Whether a model is asked so, as its directory says. What lies beside a model with another head says how it was asked
     * before.
     *
     * @param config the model's
     */
    public static boolean isFor(Path directory, ObjectNode config) {
        return Heads.fillsGaps(config) && Files.isRegularFile(directory.resolve(FILE));
    }

    /** How a model is asked, as its directory says; null if it is not asked so. */
    public static @Nullable PromptConfig beside(Path directory, ObjectNode config) {
        if (!isFor(directory, config)) {
            return null;
        }
        Path file = directory.resolve(FILE);
        try {
            return Configs.bind(read(Configs.read(file)), PromptConfig.class, file.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }

    /** As it stands beside a model. */
    public ObjectNode json() {
        ObjectNode json = Configs.JSON.createObjectNode().put("template", template);
        json.set(MAPPING, Configs.JSON.valueToTree(mapping));
        return json;
    }

    /**
     * Refuses to leave a label without a word, or to give a word to a label that there is not.
     *
     * @param labels all that are to be told
     */
    public void check(List<String> labels) {
        labels.forEach(this::word);
        mapping.keySet().stream()
                .filter(label -> !labels.contains(label))
                .findFirst()
                .ifPresent(label -> {
                    throw new ConfigException(
                            MAPPING + ": \"" + label + "\" is no label" + Nearest.hint(label, labels, "Labels:"));
                });
    }

    /** Whether it reads two sentences. */
    public boolean readsPairs() {
        return PromptTemplate.parse(template).readsPairs();
    }

    /**
     * The word of a label.
     *
     * @throws ConfigException if it has none
     */
    public String word(String label) {
        String word = mapping.get(label);
        if (word == null) {
            throw new ConfigException(
                    MAPPING + ": the label \"" + label + "\" has no word; it has words for " + mapping.keySet());
        }
        return word.strip();
    }
}
