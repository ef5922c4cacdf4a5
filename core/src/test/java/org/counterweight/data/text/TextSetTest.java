package org.counterweight.data.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.counterweight.data.DataException;
import org.counterweight.data.JsonLines;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextSetTest {
    @TempDir
    Path directory;

    @Test
    void theTestSetHasTheClassesOfTheTrainingSet() throws IOException {
        try (var lines = JsonLines.write(directory.resolve("train.jsonl"))) {
            lines.row("text", "a \"b\"\n", "label", "x");
            lines.row("text", "c", "label", "y");
        }
        assertThat(TextSet.read(directory).test()).isNull();
        Files.writeString(directory.resolve("test.jsonl"), "{\"text\": \"d\", \"label\": \"y\"}\n\n");
        TextSet set = TextSet.read(directory);
        assertThat(set.train().texts()).containsExactly("a \"b\"\n", "c");
        assertThat(Objects.requireNonNull(set.test()).labels()).containsExactly(1);
    }

    @Test
    void whatIsWrongIsSaidWithItsLine() throws IOException {
        assertThatThrownBy(() -> TextSet.read(directory))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("train.jsonl: there is no such file");
        assertWrong("{\"text\": \"d\", \"label\": 1}\n{\"text\": \"d\"}\n", "train.jsonl:2: has no label; it has text");
        assertWrong("[]\n", "train.jsonl:1: is no JSON object");
        assertWrong("{\"text\": \n", "train.jsonl:1: is no JSON (");
    }

    private void assertWrong(String content, String message) throws IOException {
        Files.writeString(directory.resolve("train.jsonl"), content);
        assertThatThrownBy(() -> TextSet.read(directory))
                .isInstanceOf(DataException.class)
                .hasMessageContaining(message);
    }
}
