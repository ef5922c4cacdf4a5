package org.counterweight.datasets;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models that Hugging Face's library fetched are found by their names. */
class HubCacheTest {
    @TempDir
    Path root;

    @Test
    void snapshotsAreFoundByBranchAndCommit() throws IOException {
        Path model = root.resolve("models--lab--model");
        Path main = Files.createDirectories(model.resolve("snapshots/0123abcd"));
        Path old = Files.createDirectories(model.resolve("snapshots/89ef0000"));
        Files.createDirectories(model.resolve("refs/pr"));
        Files.writeString(model.resolve("refs/main"), "0123abcd\n");
        Files.writeString(model.resolve("refs/pr/1"), "89ef0000");
        var cache = new HubCache(root);
        assertThat(cache.find("lab/model")).contains(main);
        assertThat(cache.find("lab/model@pr/1")).contains(old);
        assertThat(cache.find("lab/model@89ef")).contains(old);
        assertThat(cache.find("lab/model@none")).isEmpty();
        assertThat(cache.find("lab/other")).isEmpty();
        assertThat(cache.find("lab/model@../../../x")).isEmpty();
        assertThat(cache.find("../lab/model")).isEmpty();
    }

    @Test
    void thePlaceFollowsTheEnvironment() {
        assertThat(HubCache.of(Map.of(), Path.of("h")).root()).isEqualTo(Path.of("h/.cache/huggingface/hub"));
        assertThat(HubCache.of(Map.of("HF_HOME", "x"), Path.of("h")).root()).isEqualTo(Path.of("x/hub"));
        assertThat(HubCache.of(Map.of("HF_HUB_CACHE", "y"), Path.of("h")).root())
                .isEqualTo(Path.of("y"));
    }
}
