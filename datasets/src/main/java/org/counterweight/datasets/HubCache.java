package org.counterweight.datasets;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where Hugging Face's library keeps what it fetched on this machine: {@code models--OWNER--NAME/snapshots/COMMIT}, with
 * branches and tags as small files in {@code refs}. It is only read.
 */
public record HubCache(Path root) {
    private static final String MAIN = "main";

    /** {@code HF_HUB_CACHE}, else {@code $HF_HOME/hub}, else {@code ~/.cache/huggingface/hub}. */
    public static HubCache ofUser() {
        return of(System.getenv(), Path.of(System.getProperty("user.home")));
    }

    static HubCache of(Map<String, String> environment, Path home) {
        for (String own : List.of("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE")) {
            if (!environment.getOrDefault(own, "").isBlank()) {
                return new HubCache(Path.of(environment.getOrDefault(own, "")));
            }
        }
        String all = environment.getOrDefault("HF_HOME", "");
        String shared = environment.getOrDefault("XDG_CACHE_HOME", "");
        Path parent = shared.isBlank() ? home.resolve(".cache") : Path.of(shared);
        return new HubCache((all.isBlank() ? parent.resolve("huggingface") : Path.of(all)).resolve("hub"));
    }

    /**
     * The snapshot of a model.
     *
     * @param name {@code OWNER/NAME}, or {@code OWNER/NAME@REVISION} with a branch, a tag or the beginning of a commit
     * @return nothing if it is not there
     */
    public Optional<Path> find(String name) {
        int at = name.indexOf('@');
        String model = at < 0 ? name : name.substring(0, at);
        if (!model.matches("[\\w-][\\w.-]*(?:/[\\w-][\\w.-]*)?")) {
            return Optional.empty();
        }
        Path directory = root.resolve("models--" + model.replace("/", "--"));
        return snapshot(directory, at < 0 ? MAIN : name.substring(at + 1));
    }

    private static Optional<Path> snapshot(Path directory, String revision) {
        Path named = directory.resolve("refs").resolve(revision).normalize();
        try {
            String commit = named.startsWith(directory) && Files.isRegularFile(named)
                    ? Files.readString(named).strip()
                    : revision;
            Path snapshots = directory.resolve("snapshots");
            if (commit.isEmpty() || !Files.isDirectory(snapshots)) {
                return Optional.empty();
            }
            try (Stream<Path> found = Files.list(snapshots)) {
                return found.filter(snapshot ->
                                String.valueOf(snapshot.getFileName()).startsWith(commit))
                        .sorted()
                        .findFirst();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(directory + ": cannot be read: " + e.getMessage(), e);
        }
    }
}
