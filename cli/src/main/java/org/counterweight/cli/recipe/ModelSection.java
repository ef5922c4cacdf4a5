package org.counterweight.cli.recipe;

import org.counterweight.config.ConfigException;
import org.counterweight.config.Setting;
import org.counterweight.model.zoo.Pooling;

/** The model that is trained: an encoder or decoder, with the head that the task asks for. */
public record ModelSection(
        @Setting("A name that cw data list knows, or a directory with config.json and safetensors")
        String name,

        @Setting(
                value = "How a BERT sees the whole text: the mean over tokens, or the pooler at the first token",
                defaultsTo = "\"mean\"",
                oneOf = {"mean", "pooler"})
        Pooling pooling,

        @Setting(
                value = "Begin with random weights of the sizes in config.json, instead of trained ones",
                defaultsTo = "false")
        boolean fromScratch) {

    public ModelSection {
        name = Home.expanded(name);
        if (name.isBlank()) {
            throw new ConfigException("model.name", name, "a name that cw data list knows, or a directory");
        }
    }
}
