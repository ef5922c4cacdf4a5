package org.counterweight.weights.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KnownDigestsTest {
    private static final Instant LONG_AGO = Instant.parse("2020-02-02T02:02:02Z");

    @TempDir
    Path root;

    private Path file;
    private KnownDigests digests;

    @BeforeEach
    void aFile() throws IOException {
        file = Files.writeString(root.resolve("model.safetensors"), "weights");
        Files.setLastModifiedTime(file, FileTime.from(LONG_AGO));
        digests = new KnownDigests(root.resolve("digests"));
    }

    @Test
    void computesOnceWhatDoesNotChange() throws IOException {
        assertThat(digests.sha256(file)).isEqualTo(Digest.sha256(file));
        Path entry = entries().get(0);
        List<String> lines = Files.readAllLines(entry);
        String other = "0".repeat(64); // seen again only if it is not computed anew
        lines.set(0, other);
        Files.write(entry, lines);
        assertThat(digests.sha256(file)).isEqualTo(other);
    }

    @Test
    void computesAgainWhatWasWrittenTo() throws IOException {
        digests.sha256(file);
        Files.writeString(file, "biases!"); // as long as before, and said to be as old
        Files.setLastModifiedTime(file, FileTime.from(LONG_AGO));
        assertThat(digests.sha256(file)).isEqualTo(Digest.sha256(file));
    }

    @Test
    void computesAgainWhatWasReplaced() throws IOException {
        digests.sha256(file);
        Path other = Files.writeString(root.resolve("other"), "biases!");
        Files.setLastModifiedTime(other, FileTime.from(LONG_AGO));
        Files.delete(file);
        Files.move(other, file);
        assertThat(digests.sha256(file)).isEqualTo(Digest.sha256(file));
    }

    @Test
    void doesNotKeepTheDigestOfAYoungFile() throws IOException {
        Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
        digests.sha256(file);
        assertThat(Files.exists(digests.directory())).isFalse();
    }

    @Test
    void doesWithoutWhereNothingCanBeWritten() throws IOException {
        Files.writeString(digests.directory(), "a file where a directory should be");
        assertThat(digests.sha256(file)).isEqualTo(Digest.sha256(file));
    }

    @Test
    void doesNotTrustABrokenEntry() throws IOException {
        digests.sha256(file);
        Files.writeString(entries().get(0), "no digest\n");
        assertThat(digests.sha256(file)).isEqualTo(Digest.sha256(file));
    }

    private List<Path> entries() throws IOException {
        try (Stream<Path> entries = Files.list(digests.directory())) {
            return entries.toList();
        }
    }
}
