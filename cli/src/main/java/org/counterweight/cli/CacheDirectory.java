package org.counterweight.cli;

import java.nio.file.Path;
import java.util.Map;

/** Where fetched packages and what is made of them lie. */
final class CacheDirectory {
    private CacheDirectory() {}

    /** {@code COUNTERWEIGHT_CACHE}, or {@code counterweight} in the user's cache directory. */
    static Path path() {
        Map<String, String> environment = System.getenv();
        String own = environment.get("COUNTERWEIGHT_CACHE");
        if (own != null && !own.isBlank()) {
            return Path.of(own);
        }
        String shared = environment.get("XDG_CACHE_HOME");
        Path parent = shared != null && !shared.isBlank()
                ? Path.of(shared)
                : Path.of(System.getProperty("user.home"), ".cache");
        return parent.resolve("counterweight");
    }
}
