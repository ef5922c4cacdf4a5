package org.counterweight.jobs.recipe;

import java.util.Objects;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Setting;
import org.counterweight.jobs.recipe.data.HomeDirectory;
import org.counterweight.model.fresh.FreshModel;
import org.counterweight.model.part.Pooling;
import org.jspecify.annotations.Nullable;

/** The model that is trained, with the head that the task asks for: one that there is, or one of a recipe's own sizes. */
public record ModelSection(
        @Setting(
                value = "A name that cw data list knows, or a directory with config.json and safetensors; else give"
                        + " architecture",
                defaultsTo = "null")
        @Nullable
        String name,

        @Setting(
                value = "How a BERT summarises a text: through the pooler at the first token, as transformers and PEFT"
                        + " read it, or as the mean over tokens; null for the way the model was trained, or the"
                        + " pooler if unknown",
                defaultsTo = "null",
                oneOf = {"mean", "pooler"})
        @Nullable
        Pooling pooling,

        @Setting(
                value = "Start from random weights of the sizes in config.json, instead of trained ones",
                defaultsTo = "false")
        boolean fromScratch,

        @Setting(
                value = "Sizes of a model that starts from random weights: mlp, convnet or resnet for images, mlp for"
                        + " tables, graphsage, gcn or gin for graphs, unet or dit for task: diffusion; else give"
                        + " name",
                defaultsTo = "null")
        @Nullable
        FreshModel architecture) {

    public ModelSection {
        name = HomeDirectory.expandedOrNull(name);
        if (name != null && name.isBlank()) {
            throw new ConfigException("model.name", name, "a name that cw data list knows, or a directory");
        }
        if ((name == null) == (architecture == null)) {
            throw new ConfigException(
                    name == null
                            ? "model.name is missing; give a name that cw data list knows, or a directory with"
                                    + " config.json and safetensors, or model.architecture: mlp, convnet or resnet for"
                                    + " images, mlp for tables, graphsage, gcn or gin for graphs"
                            : "model: give either name, a model that there is, or architecture, one that begins at"
                                    + " random, not both");
        }
        if (architecture != null && pooling != null) {
            throw new ConfigException(
                    "model.pooling says how a BERT's classifier sees the whole text; leave it out with architecture");
        }
    }

    /** A model that there is, as it was trained. */
    public static ModelSection named(String name) {
        return new ModelSection(name, null, false, null);
    }

    /** Whether there are no trained weights to begin with. */
    public boolean beginsAtRandom() {
        return fromScratch || architecture != null;
    }

    /** What a report calls it. */
    public String title() {
        return name != null
                ? name
                : "A new " + Objects.requireNonNull(architecture).type();
    }
}
