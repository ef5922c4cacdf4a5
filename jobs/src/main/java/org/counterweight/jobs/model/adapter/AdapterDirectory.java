package org.counterweight.jobs.model.adapter;

import java.nio.file.Path;
import java.util.Optional;
import org.counterweight.formats.Format;
import org.counterweight.jobs.recipe.AdapterFormat;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * An adapter's directory, in whichever form it was written.
 *
 * @param form PEFT's legacy {@link AdapterFormat#BONE} is read as {@link AdapterFormat#PEFT}
 */
public record AdapterDirectory(Path path, AdapterFormat form) {
    /** What lies there; null if it is no adapter. */
    public static @Nullable AdapterDirectory at(Path path) {
        return AdapterFormat.at(path)
                .map(form -> new AdapterDirectory(path, form))
                .orElse(null);
    }

    /** Who reads it. */
    public Format format() {
        return form.format();
    }

    /** What holds its tensors: a file, or the directory where that is a whole model, or has none. */
    public Path weights() {
        return format().weights(path);
    }

    /** What the settings say about the base model, if they do. */
    public Optional<String> base() {
        return Optional.of(config().path(format().baseKey()).asString("")).filter(base -> !base.isEmpty());
    }

    /** The settings, as they lie there. */
    public ObjectNode config() {
        return Format.config(format().settings(path));
    }
}
