package org.counterweight.jobs.recipe;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;
import org.counterweight.adapt.AdapterConfig;
import org.counterweight.catalogue.Catalogue;
import org.counterweight.config.Configs;
import org.counterweight.formats.peft.config.UsualTargets;
import org.counterweight.guide.learn.DiffusionConfig;
import org.counterweight.jobs.recipe.data.HomeDirectory;
import org.counterweight.jobs.recipe.data.TextData;
import org.counterweight.jobs.recipe.data.TokenData;
import org.counterweight.model.zoo.Architectures;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Defaults that depend on the rest of a recipe, written into its tree before it is read. */
final class DerivedDefaults {
    private static final int USUAL = 128;

    private DerivedDefaults() {}

    /** All of it. */
    static void write(ObjectNode recipe) {
        length(recipe);
        targets(recipe);
        batch(recipe);
        diffusion(recipe);
    }

    /**
     * {@code data.max_length} on a model with places for fewer tokens than the default, which would be refused; models by name
     * have more.
     */
    private static void length(ObjectNode recipe) {
        boolean isOpen = recipe.get("data") instanceof ObjectNode data && !data.has("max_length");
        if (isOpen && isOfTexts(recipe)) {
            modelConfig(recipe).ifPresent(config -> {
                int positions = Architectures.positions(config);
                if (positions < USUAL) {
                    recipe.withObject("data").put("max_length", positions);
                }
            });
        }
    }

    /**
     * {@code adapter.targets} as PEFT takes them for the model's type, where there is such a choice: decoders have no {@code
     * query} and {@code value}.
     */
    private static void targets(ObjectNode recipe) {
        if (!(recipe.get("adapter") instanceof ObjectNode adapter)
                || adapter.has("targets")
                || !standsAtTargets(adapter.path("method").asString(""))) {
            return;
        }
        modelConfig(recipe)
                .map(config -> UsualTargets.ofUpdates(config.path("model_type").asString("")))
                .ifPresent(usual -> usual.forEach(adapter.putArray("targets")::add));
    }

    private static boolean standsAtTargets(String method) {
        return Catalogue.find(method)
                .filter(found -> AdapterConfig.class.isAssignableFrom(found.config()))
                .isPresent();
    }

    /** What the {@code config.json} of a model in a directory says. */
    private static Optional<ObjectNode> modelConfig(ObjectNode recipe) {
        JsonNode name = recipe.path("model").path("name");
        if (!name.isString()) {
            return Optional.empty();
        }
        Path file = Path.of(HomeDirectory.expanded(name.asString())).resolve("config.json");
        try {
            return Files.isRegularFile(file) ? Optional.of(Configs.read(file)) : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }

    /** Whether rows are texts: by the recipe's own word, or as is usual for its task. */
    private static boolean isOfTexts(ObjectNode recipe) {
        String task = recipe.path("task").asString(TaskKind.TEXT_CLASSIFICATION.key());
        String kind = recipe.path("data").path("kind").asString("");
        return Arrays.stream(TaskKind.values())
                .filter(known -> known.key().equals(task))
                .flatMap(known -> kind.isEmpty()
                        ? Stream.of(known.data().get(0))
                        : known.data().stream().filter(data -> data.key().equals(kind)))
                .anyMatch(data -> data.settings() == TextData.class || data.settings() == TokenData.class);
    }

    /** {@code diffusion} of a task that needs it: every default. */
    private static void diffusion(ObjectNode recipe) {
        boolean isOfNoise = recipe.path("task").asString("").equals(TaskKind.DIFFUSION.key());
        if (isOfNoise && !recipe.hasNonNull(DiffusionConfig.KEY)) {
            recipe.putObject(DiffusionConfig.KEY);
        }
    }

    /** {@code train.batch_size} where a step sees all of a graph whatever the nodes it learns from: all of them. */
    private static void batch(ObjectNode recipe) {
        boolean isOfNodes = recipe.path("task").asString("").equals(TaskKind.NODE_CLASSIFICATION.key());
        boolean isSampled = recipe.path("data").hasNonNull("neighbours");
        if (!isOfNodes || isSampled || recipe.path("train").has("batch_size")) {
            return;
        }
        if (!recipe.has("train") || recipe.get("train") instanceof ObjectNode) {
            recipe.withObject("train").put("batch_size", Recipe.ALL_ROWS);
        }
    }
}
