package org.counterweight.data.fetch;

import java.nio.file.Path;
import java.util.Map;

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

    /** Where a holding lies, or will. */
    public Path directory(Holding holding) {
        return root.resolve(holding.kind() == Holding.Kind.MODEL ? "models" : "data")
                .resolve(holding.name());
    }
}
