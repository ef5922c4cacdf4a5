package org.counterweight.jobs.recipe.foreign;

import java.nio.file.Path;
import tools.jackson.databind.node.ObjectNode;

/**
 * Settings files of the authors' code, told by their keys: PyCIL's ({@link PycilSettings}) and those of one-stage Weight
 * Balancing ({@link BalancingSettings}). What they leave to their code, as where the rows lie, {@code --set data.train=…} adds.
 */
public final class ForeignSettings {
    private ForeignSettings() {}

    /**
     * The recipe that such a file says, or the tree itself if it is none.
     *
     * @throws org.counterweight.config.ConfigException naming a key that has no counterpart here
     */
    public static ObjectNode translated(Path file, ObjectNode tree) {
        if (tree.has("init_cls") || tree.has("convnet_type")) {
            return PycilSettings.recipe(new ForeignKeys(file + ": ", tree));
        }
        if (tree.has("exp_name") && tree.has("optim")) {
            return BalancingSettings.recipe(new ForeignKeys(file + ": ", tree));
        }
        return tree;
    }
}
