package org.counterweight.formats;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.counterweight.adapt.Attachment;
import org.counterweight.config.PythonJson;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.weights.WrittenFiles;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * An adapter and all that a directory may say about it.
 *
 * @param method its name in the catalogue
 * @param settings as it was trained
 * @param params of the whole model, with the adapter in effect
 * @param modules that it stands at, full names
 * @param heads modules that were trained whole beside it
 * @param base what to say about the base model: a name or path, a hint to readers
 * @param modelConfig the model's {@code config.json}, with the head's classes
 * @param task PEFT's name of the task ({@code SEQ_CLS}, {@code CAUSAL_LM}), or null
 * @param metadata remarks of the weights file: the ledger
 */
public record TrainedAdapter(
        String method,
        Attachment settings,
        Model model,
        Params params,
        List<String> modules,
        List<String> heads,
        String base,
        ObjectNode modelConfig,
        @Nullable String task,
        Map<String, String> metadata) {
    public TrainedAdapter {
        modules = List.copyOf(modules);
        heads = List.copyOf(heads);
        metadata = Map.copyOf(metadata);
    }

    /** Writes the model's {@code config.json}, which names the head's classes, beside what a format wrote. */
    public void writeModelConfig(Path directory) {
        Path file = directory.resolve("config.json");
        try {
            Files.writeString(file, PythonJson.text(modelConfig));
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be written: " + e.getMessage(), e);
        }
        WrittenFiles.list(directory);
    }
}
