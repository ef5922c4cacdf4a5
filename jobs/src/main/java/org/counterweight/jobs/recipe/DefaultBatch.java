package org.counterweight.jobs.recipe;

import tools.jackson.databind.node.ObjectNode;

/**
 * {@code train.batch_size} of a recipe that does not say it, where a step sees all of a graph whatever the nodes it learns from:
 * all of them.
 */
final class DefaultBatch {
    private DefaultBatch() {}

    static void fill(ObjectNode recipe) {
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
