package org.counterweight.merge.mergekit;

import java.nio.file.Path;
import java.util.Optional;
import org.counterweight.config.ConfigException;

/**
 * Where the models of a recipe are looked for.
 *
 * @param root against which relative paths are resolved
 * @param names what is known by a name that is no path
 * @param folding what becomes of a model that is named with an adapter
 */
public record ModelPlaces(Path root, Names names, Folding folding) {
    /** Models with an adapter computed into them. */
    @FunctionalInterface
    public interface Folding {
        /**
         * Where such a model lies.
         *
         * @param field the reference's place in the user's file, for messages
         * @throws org.counterweight.config.ConfigException if the adapter cannot be computed into the model
         */
        Path fold(Path model, Path adapter, String field);
    }

    /** Where nobody computes adapters. */
    private static final Folding NONE = (model, adapter, field) -> {
        throw new ConfigException(field + ": the adapter \"" + adapter
                + "\" must be folded into its model first (cw merge-adapter), then name the result here");
    };

    /** Models without adapters. */
    public ModelPlaces(Path root, Names names) {
        this(root, names, NONE);
    }

    /** Models that go by a name, such as those that were fetched. */
    @FunctionalInterface
    public interface Names {
        /**
         * Where the model of that name lies; nothing if there is none.
         *
         * @param field the name's place in the user's file, for messages
         * @throws org.counterweight.config.ConfigException if the name is known and its model is not there
         */
        Optional<Path> find(String name, String field);
    }

    /** By paths alone. */
    public static ModelPlaces below(Path root) {
        return new ModelPlaces(root, (name, field) -> Optional.empty());
    }

    Path resolve(String path) {
        return root.resolve(path);
    }

    Optional<Path> find(String name, String field) {
        return names.find(name, field);
    }
}
