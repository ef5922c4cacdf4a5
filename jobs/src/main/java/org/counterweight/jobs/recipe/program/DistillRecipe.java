package org.counterweight.jobs.recipe.program;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.distill.settings.DistillConfig;
import org.counterweight.jobs.recipe.Overrides;
import org.counterweight.jobs.recipe.Recipe;
import org.counterweight.jobs.recipe.TaskKind;
import org.counterweight.model.fresh.FreshModel;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A recipe by which images are distilled: a network's sizes, real images and a section {@code distill}.
 *
 * @param recipe the other sections, of which {@code train} has no more than a seed
 */
public record DistillRecipe(Recipe recipe, DistillConfig distill) {
    private static final String KEY = "distill";
    private static final String SEED = "seed";

    public DistillRecipe {
        if (recipe.model().architecture() == null) {
            throw new ConfigException(
                    "model.architecture is missing; images are distilled for networks that begin at random,"
                            + " such as {type: convnet, norm: instance}");
        }
        if (recipe.adapter() != null
                || recipe.reparametrize() != null
                || recipe.weigh() != null
                || !recipe.sections().byKey().isEmpty()
                || !recipe.data().augment().isEmpty()) {
            throw new ConfigException(
                    "distill trains experts by settings of its own; leave adapter, weigh, data.augment and"
                            + " the other sections out (distill.dsa_strategy changes images)");
        }
    }

    /**
     * Reads and checks a recipe, as {@link Recipe#read}.
     *
     * @throws ConfigException naming the key, the value and what is allowed
     */
    public static DistillRecipe read(Path file, List<String> settings) throws IOException {
        ObjectNode tree = Configs.read(file);
        Overrides.apply(tree, settings);
        JsonNode distill = tree.remove(KEY);
        if (!(distill instanceof ObjectNode section)) {
            throw new ConfigException(
                    KEY + (distill == null ? " is missing" : ": expected keys and values, found " + distill)
                            + "; how images are distilled is told there, such as distill: {ipc: 1}");
        }
        String images = TaskKind.IMAGE_CLASSIFICATION.key();
        String task = tree.path("task").asString(images);
        if (!task.equals(images)) {
            throw new ConfigException("task", task, images + " where images are distilled");
        }
        tree.put("task", images);
        for (String key : tree.path("train").propertyNames()) {
            if (!key.equals(SEED)) {
                throw new ConfigException("train." + key + ": experts and trials are trained as distill.experts and"
                        + " distill.trial say; of train there is the seed alone");
            }
        }
        String name = String.valueOf(file.getFileName()).replaceFirst("\\.(ya?ml|json)$", "");
        return new DistillRecipe(Recipe.of(tree, name), Configs.bind(section, DistillConfig.class, KEY));
    }

    /** The sizes of the network. */
    public FreshModel architecture() {
        return Objects.requireNonNull(recipe.model().architecture());
    }

    /** The same with another directory. */
    public DistillRecipe into(Path directory) {
        return new DistillRecipe(recipe.into(directory), distill);
    }

    /** The recipe as a tree, with every default written out. */
    public ObjectNode tree() {
        ObjectNode tree = recipe.tree();
        tree.set(
                "train",
                Configs.JSON.createObjectNode().put(SEED, recipe.train().seed()));
        tree.set(KEY, Configs.tree(distill));
        return tree;
    }
}
