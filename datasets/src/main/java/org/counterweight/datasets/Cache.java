package org.counterweight.datasets;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.counterweight.weights.ledger.KnownDigests;

/** Where fetched models and data sets lie, each in a directory of its own. Whatever is deleted there is fetched again. */
public record Cache(Path root) {
    /** {@code CW_CACHE}, else {@code $XDG_CACHE_HOME/counterweight}, else {@code ~/.cache/counterweight}. */
    public static Cache ofUser() {
        return of(System.getenv(), Path.of(System.getProperty("user.home")));
    }

    static Cache of(Map<String, String> environment, Path home) {
        String own = environment.getOrDefault("CW_CACHE", "");
        if (!own.isBlank()) {
            return new Cache(Path.of(own));
        }
        String shared = environment.getOrDefault("XDG_CACHE_HOME", "");
        Path parent = shared.isBlank() ? home.resolve(".cache") : Path.of(shared);
        return new Cache(parent.resolve("counterweight"));
    }

    /**
     * Where something lies that is named by its holding, such as {@code minilm} or {@code wordnet-nouns/train.jsonl}.
     *
     * @return nothing if no holding has the name, or it was not fetched
     */
    public Optional<Path> find(String name) {
        int slash = name.indexOf('/');
        String first = slash < 0 ? name : name.substring(0, slash);
        if (!Holdings.contains(first)) {
            return Optional.empty();
        }
        Path directory = directory(Holdings.named(first));
        Path found = slash < 0
                ? directory
                : directory.resolve(name.substring(slash + 1)).normalize();
        return found.startsWith(directory) && Files.exists(found) ? Optional.of(found) : Optional.empty();
    }

    /** The digests of files that were read before. */
    public KnownDigests digests() {
        return new KnownDigests(root.resolve("digests"));
    }

    /** Where a holding lies, or will. */
    public Path directory(Holding holding) {
        return root.resolve(holding.kind() == Holding.Kind.MODEL ? "models" : "data")
                .resolve(holding.name());
    }
}
