package org.counterweight.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

/** Files as Python and as Windows's editors write them. */
class PythonJsonTest {
    @TempDir
    Path root;

    @Test
    void numbersThatJsonDoesNotKnowStayNumbers() throws IOException {
        Path file = Files.writeString(
                root.resolve("config.json"), "{\"time_step_limit\": [0.0, Infinity], \"low\": -Infinity, \"x\": NaN}");
        ObjectNode config = Configs.read(file);
        assertThat(config.path("time_step_limit").path(1).asDouble()).isInfinite();
        assertThat(PythonJson.text(config))
                .contains("[ 0.0, Infinity ]")
                .contains("-Infinity,")
                .contains(": NaN");
    }

    @ParameterizedTest
    @ValueSource(strings = {"config.json", "recipe.yaml"})
    void aMarkOfTheEncodingIsNoPartOfTheText(String name) throws IOException {
        Path file = Files.writeString(root.resolve(name), "\uFEFF{\"r\": 4}");
        assertThat(Configs.read(file).path("r").asInt()).isEqualTo(4);
    }
}
