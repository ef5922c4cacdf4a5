package org.counterweight.jobs.recipe;

import org.counterweight.guide.learn.DiffusionConfig;
import tools.jackson.databind.node.ObjectNode;

/** {@code diffusion} of a recipe that does not say it, whose task needs it: every default. */
final class DefaultDiffusion {
    private DefaultDiffusion() {}

    static void fill(ObjectNode recipe) {
        boolean isOfNoise = recipe.path("task").asString("").equals(TaskKind.DIFFUSION.key());
        if (isOfNoise && !recipe.hasNonNull(DiffusionConfig.KEY)) {
            recipe.putObject(DiffusionConfig.KEY);
        }
    }
}
