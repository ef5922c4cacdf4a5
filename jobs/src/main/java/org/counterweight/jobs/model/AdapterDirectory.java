package org.counterweight.jobs.model;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.counterweight.config.Configs;
import org.counterweight.formats.adapterhub.AdapterHub;
import org.counterweight.formats.sorsa.SorsaPackage;
import org.counterweight.jobs.recipe.AdapterFormat;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * An adapter's directory, in whichever form it was written.
 *
 * @param format the form; PEFT's legacy {@link AdapterFormat#BONE} is read as {@link AdapterFormat#PEFT}
 * @param settings the file with the adapter's settings
 * @param weights what holds its tensors: a file, or the directory of a SORSA package, which is a whole model
 */
public record AdapterDirectory(Path path, AdapterFormat format, Path settings, Path weights) {
    /** Where adapters but SORSA's have their settings. */
    static final String CONFIG = "adapter_config.json";

    /** What lies there; null if it is no adapter. */
    public static @Nullable AdapterDirectory at(Path path) {
        Path settings = path.resolve(CONFIG);
        if (!Files.exists(settings)) {
            return SorsaPackage.isAt(path)
                    ? new AdapterDirectory(path, AdapterFormat.SORSA, path.resolve("config.json"), path)
                    : null;
        }
        Path own = path.resolve(OwnAdapter.FILE); // AdapterHub's has the same name
        AdapterFormat format = AdapterHub.isAt(path)
                ? AdapterFormat.ADAPTERHUB
                : Files.exists(own) ? AdapterFormat.OWN : AdapterFormat.PEFT;
        Path weights = format == AdapterFormat.PEFT ? path.resolve("adapter_model.safetensors") : own;
        return new AdapterDirectory(path, format, settings, Files.exists(weights) ? weights : path);
    }

    /** What the settings say of the base model, if they do. */
    public Optional<String> base() {
        String key = format == AdapterFormat.ADAPTERHUB ? "model_name" : "base_model_name_or_path";
        return Optional.of(config().path(key).asString("")).filter(base -> !base.isEmpty());
    }

    /** The settings, as they lie there. */
    public ObjectNode config() {
        try {
            return Configs.read(settings);
        } catch (IOException e) {
            throw new UncheckedIOException(settings + ": cannot be read: " + e.getMessage(), e);
        }
    }
}
