package org.counterweight.cli.job;

import java.util.List;
import java.util.function.Supplier;
import org.counterweight.cli.recipe.ModelSection;
import org.counterweight.config.ConfigException;
import org.counterweight.model.Model;
import org.counterweight.model.zoo.Architectures;
import org.counterweight.weights.ModelDirectory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A model as its {@code config.json} describes it, before any weight is read. What is wrong there is said with the file's
 * name.
 */
record Described(ObjectNode config, Model model) {
    /** The model with a classification head for these labels. */
    static Described classifier(ModelDirectory files, ModelSection section, List<String> labels) {
        return named(files, () -> {
            ObjectNode config = Architectures.classifier(files.config(), labels, section.pooling());
            return new Described(config, Architectures.of(config));
        });
    }

    /** The model with a head that predicts words: the next, or hidden ones. */
    static Described languageModel(ModelDirectory files, boolean causal) {
        return named(files, () -> {
            ObjectNode config = Architectures.languageModel(files.config(), causal);
            return new Described(config, Architectures.of(config));
        });
    }

    private static Described named(ModelDirectory files, Supplier<Described> read) {
        try {
            return read.get();
        } catch (ConfigException e) {
            throw new ConfigException(files.path().resolve("config.json") + ": " + e.getMessage(), e);
        }
    }

    /**
     * Refuses texts of more tokens than the model has places for.
     *
     * @param field where their length stands, for the message
     */
    void checkLength(String field, int maxLength) {
        int positions = Architectures.positions(config);
        if (maxLength > positions) {
            throw new ConfigException(field, maxLength, "at most " + positions + ", the model's number of positions");
        }
    }
}
