package org.counterweight.merge.mergekit;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Where the models of a recipe are looked for.
 *
 * @param root against which relative paths are resolved
 * @param names what is known by a name that is no path
 */
public record ModelPlaces(Path root, Names names) {
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
