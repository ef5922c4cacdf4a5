package org.counterweight.datasets;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CacheTest {
    @TempDir
    Path root;

    @Test
    void findsWhatWasFetchedByItsName() throws IOException {
        var cache = new Cache(root);
        Path model = Files.createDirectories(cache.directory(Holdings.named("minilm")));
        Path set = Files.createDirectories(cache.directory(Holdings.named("wordnet-nouns")));
        Files.writeString(set.resolve("train.jsonl"), "{}");
        assertThat(cache.find("minilm")).contains(model);
        assertThat(cache.find("wordnet-nouns/train.jsonl")).contains(set.resolve("train.jsonl"));
    }

    @Test
    void findsNothingElse() throws IOException {
        var cache = new Cache(root);
        Files.createDirectories(cache.directory(Holdings.named("minilm")));
        Files.writeString(root.resolve("secret"), "");
        assertThat(cache.find("e5-small-v2")).isEmpty();
        assertThat(cache.find("minilm/model.safetensors")).isEmpty();
        assertThat(cache.find("no-such-model")).isEmpty();
        assertThat(cache.find("minilm/../../secret")).isEmpty();
    }
}
