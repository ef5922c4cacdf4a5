package org.counterweight.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An output replaces an earlier one, and nothing else, whatever comes into its directory and whenever. */
class WrittenFilesTest {
    @TempDir
    private Path root;

    private Path out;

    @BeforeEach
    void writeOnce() throws IOException {
        out = root.resolve("out");
        write("first");
    }

    private void write(String text) throws IOException {
        try (Staged staged = Staged.output(out)) {
            Files.writeString(staged.path().resolve("model"), text);
            Files.writeString(
                    Files.createDirectory(staged.path().resolve("pooling")).resolve("config"), text);
            staged.commit();
        }
    }

    private void refuses(String named) throws IOException {
        assertThatExceptionOfType(WeightsException.class)
                .isThrownBy(() -> write("second"))
                .withMessage(
                        "%s: holds %s, which cw did not write and does not remove; name another directory", out, named);
        assertThat(out.resolve("model")).hasContent("first");
        try (var left = Files.list(root)) {
            assertThat(left).noneMatch(path -> path.toString().contains(".tmp-"));
        }
    }

    @Test
    void anEarlierOutputIsReplacedWhole() throws IOException {
        assertThat(WrittenFiles.foreign(out)).isEmpty();
        write("second");
        assertThat(out.resolve("model")).hasContent("second");
        assertThat(out.resolve("pooling/config")).hasContent("second");
        assertThat(WrittenFiles.foreign(out)).isEmpty();
    }

    @Test
    void whatIsAddedIsKept() throws IOException {
        Files.writeString(out.resolve("notes.txt"), "mine");
        Files.writeString(out.resolve("pooling/more"), "mine");
        Files.writeString(Files.createDirectories(out.resolve("thesis/part")).resolve("chapter"), "mine");
        Files.createDirectory(out.resolve("empty"));
        refuses("empty/, notes.txt, pooling/more, thesis/");
        assertThat(out.resolve("thesis/part/chapter")).hasContent("mine");
    }

    @Test
    void whatComesMeanwhileIsKept() throws IOException {
        try (Staged staged = Staged.output(out)) {
            Files.writeString(staged.path().resolve("model"), "second");
            Files.writeString(out.resolve("notes.txt"), "mine");
            assertThatExceptionOfType(WeightsException.class)
                    .isThrownBy(staged::commit)
                    .withMessageContaining("notes.txt");
        }
        assertThat(out.resolve("notes.txt")).hasContent("mine");
        assertThat(out.resolve("model")).hasContent("first");
    }

    @Test
    void aLinkIsItsUsersAndIsNotFollowed() throws IOException {
        Path elsewhere = Files.createDirectory(root.resolve("elsewhere"));
        Files.writeString(elsewhere.resolve("precious"), "mine");
        Files.delete(out.resolve("pooling/config"));
        Files.delete(out.resolve("pooling"));
        Files.createSymbolicLink(out.resolve("pooling"), elsewhere);
        Files.createSymbolicLink(out.resolve("far"), elsewhere);
        refuses("far, pooling");
        assertThat(elsewhere.resolve("precious")).hasContent("mine");
    }

    @Test
    void aLinkToAnOutputIsNotReplaced() throws IOException {
        Path link = Files.createSymbolicLink(root.resolve("link"), out);
        try (Staged staged = Staged.output(link)) {
            assertThatExceptionOfType(WeightsException.class)
                    .isThrownBy(staged::commit)
                    .withMessageContaining("link: is a link");
        }
        assertThat(link).isSymbolicLink();
        assertThat(out.resolve("model")).hasContent("first");
    }

    @Test
    void aDirectoryWithoutAListIsAnothers() throws IOException {
        Files.delete(out.resolve(WrittenFiles.LIST));
        refuses("model, pooling/");
    }

    @Test
    void manyNamesAreCounted() throws IOException {
        for (int i = 1; i <= 6; i++) {
            Files.writeString(out.resolve("n" + i), "mine");
        }
        refuses("n1, n2, n3, n4 and 2 more");
    }

    @Test
    void anEmptyDirectoryIsFilled() throws IOException {
        out = Files.createDirectory(root.resolve("empty"));
        write("first");
        assertThat(out.resolve("model")).hasContent("first");
    }
}
