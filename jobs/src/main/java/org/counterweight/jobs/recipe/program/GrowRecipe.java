package org.counterweight.jobs.recipe.program;

import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.incremental.sequence.SequenceConfig;
import org.counterweight.jobs.recipe.Overrides;
import org.counterweight.jobs.recipe.Recipe;
import org.counterweight.jobs.recipe.TaskKind;
import org.counterweight.jobs.recipe.data.TextData;
import org.counterweight.jobs.recipe.foreign.ForeignSettings;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A recipe whose classes arrive task by task: like another, with a section {@code grow}.
 *
 * @param recipe the other sections
 */
public record GrowRecipe(Recipe recipe, SequenceConfig grow) {
    private static final String KEY = "grow";
    private static final Set<TaskKind> CLASSES =
            EnumSet.of(TaskKind.TEXT_CLASSIFICATION, TaskKind.IMAGE_CLASSIFICATION, TaskKind.TABLE_CLASSIFICATION);

    public GrowRecipe {
        if (!CLASSES.contains(recipe.task())) {
            throw new ConfigException(
                    "task",
                    recipe.task().key(),
                    "text_classification, image_classification or table_classification where classes are added");
        }
        if (recipe.adapter() != null
                || recipe.weigh() != null
                || !recipe.sections().byKey().isEmpty()) {
            throw new ConfigException(
                    "grow trains all weights of each task with a loss of its own; leave adapter, weigh and"
                            + " the other sections out");
        }
        if (recipe.data() instanceof TextData texts && texts.pair() != null) {
            throw new ConfigException(
                    "data.pair: \"" + texts.pair() + "\" is read by task: text_classification of cw run;"
                            + " grow keeps single texts to remember classes by; leave it out");
        }
        if (recipe.train().average() != null) {
            throw new ConfigException(
                    "train.average does not go with grow: heads are aligned at the end of each task; leave"
                            + " it out");
        }
    }

    /**
     * Reads and checks a recipe, as {@link Recipe#read}.
     *
     * @throws ConfigException naming the key, the value and what is allowed
     */
    public static GrowRecipe read(Path file, List<String> settings) throws IOException {
        ObjectNode tree = ForeignSettings.translated(file, Configs.read(file));
        Overrides.apply(tree, settings);
        JsonNode grow = tree.remove(KEY);
        if (!(grow instanceof ObjectNode section)) {
            throw new ConfigException(KEY + (grow == null ? " is missing" : ": expected keys and values, found " + grow)
                    + "; a sequence of tasks is told there, such as grow: {tasks: 6}");
        }
        String name = String.valueOf(file.getFileName()).replaceFirst("\\.(ya?ml|json)$", "");
        return new GrowRecipe(Recipe.of(tree, name), Configs.bind(section, SequenceConfig.class, KEY));
    }

    /** The name of the model that learns, or what it is where it starts from random weights by the recipe's own sizes. */
    public String model() {
        String name = recipe.model().name();
        return name != null
                ? name
                : "a new "
                        + Objects.requireNonNull(recipe.model().architecture()).type();
    }

    /** The same with another directory. */
    public GrowRecipe into(Path directory) {
        return new GrowRecipe(recipe.into(directory), grow);
    }

    /** The recipe as a tree, with every default written out. */
    public ObjectNode tree() {
        ObjectNode tree = recipe.tree();
        tree.set(KEY, Configs.tree(grow));
        return tree;
    }
}
