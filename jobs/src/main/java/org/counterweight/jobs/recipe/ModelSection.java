package org.counterweight.jobs.recipe;

import org.counterweight.config.ConfigException;
import org.counterweight.config.Setting;
import org.counterweight.model.part.Pooling;
import org.jspecify.annotations.Nullable;

/** The model that is trained: an encoder or decoder, with the head that the task asks for. */
public record ModelSection(
        @Setting("A name that cw data list knows, or a directory with config.json and safetensors")
        String name,

        @Setting(
                value =
                        "How a BERT sees the whole text: through the pooler at the first token, as transformers and PEFT"
                                + " read it, or as the mean over tokens; null as the model was trained, by the pooler if it was not",
                defaultsTo = "null",
                oneOf = {"mean", "pooler"})
        @Nullable
        Pooling pooling,

        @Setting(
                value = "Begin with random weights of the sizes in config.json, instead of trained ones",
                defaultsTo = "false")
        boolean fromScratch) {

    public ModelSection {
        name = HomeDirectory.expanded(name);
        if (name.isBlank()) {
            throw new ConfigException("model.name", name, "a name that cw data list knows, or a directory");
        }
    }
}
