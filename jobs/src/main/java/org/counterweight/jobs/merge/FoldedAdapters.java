package org.counterweight.jobs.merge;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.counterweight.config.ConfigException;
import org.counterweight.jobs.TemporaryDirectory;
import org.counterweight.jobs.model.adapter.AdapterDirectory;
import org.counterweight.merge.mergekit.ModelPlaces;
import org.counterweight.weights.WeightsException;
import org.jspecify.annotations.Nullable;

/**
 * Models of a merge file that are named with an adapter ({@code base+lora}): each is computed once into a temporary directory,
 * as {@code cw merge-adapter} does it, and merged from there.
 */
public final class FoldedAdapters implements ModelPlaces.Folding, AutoCloseable {
    private final Map<List<Path>, Path> folded = new LinkedHashMap<>();
    private final List<String> said = new ArrayList<>();
    private @Nullable TemporaryDirectory directory;

    @Override
    public Path fold(Path model, Path adapter, String field) {
        if (AdapterDirectory.at(adapter) == null) {
            throw new ConfigException(field + ": \"" + adapter
                    + "\" is no adapter's directory; name one with adapter_config.json behind +");
        }
        return folded.computeIfAbsent(List.of(model, adapter), both -> {
            if (directory == null) {
                directory = TemporaryDirectory.create("cw-folded");
            }
            Path into = directory.path().resolve("model-" + folded.size());
            try {
                new AdapterMerge(model, adapter)
                        .write(into)
                        .forEach(line -> said.add(model + "+" + adapter + ": " + line));
            } catch (ConfigException | WeightsException e) {
                throw new ConfigException(field + ": " + e.getMessage(), e);
            }
            return into;
        });
    }

    /** What a user should know of what was computed, a line each. */
    public List<String> said() {
        return List.copyOf(said);
    }

    @Override
    public void close() {
        if (directory != null) {
            directory.close();
        }
    }
}
