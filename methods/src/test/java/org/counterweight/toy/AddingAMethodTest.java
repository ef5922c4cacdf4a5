package org.counterweight.toy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The page on adding a method shows the files as they are; that they are right, the contract tests of the verbs tell. */
class AddingAMethodTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Gain",
                "GainConfig",
                "Volume",
                "VolumeConfig",
                "InverseLossConfig",
                "FurthestConfig",
                "BoxConfig"
            })
    void thePageShowsTheFile(String name) throws IOException {
        String source = Files.readString(Path.of("src/test/java/org/counterweight/toy", name + ".java"));
        String shown = source.substring(source.indexOf("/**"));
        assertThat(page().contains("```java\n" + shown + "```")).as(name).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"gain", "furthest"})
    void thePageShowsTheEntry(String method) throws IOException {
        String list = Files.readString(Path.of("src/test/java/org/counterweight/toy/Toys.java"));
        int at = list.indexOf("new Method(\n                        \"" + method + "\"");
        String entry = list.substring(at, list.indexOf(".class)", at) + ".class)".length())
                .replace("\n                ", "\n");
        assertThat(page().contains(entry)).as(entry).isTrue();
    }

    private static String page() throws IOException {
        return Files.readString(Path.of("../docs/adding-a-method.md"));
    }
}
