package org.counterweight.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every recipe of {@code examples/} can be run as it stands. */
class ExamplesTest {
    @ParameterizedTest(name = "{0}")
    @MethodSource("recipes")
    void passesItsCheck(Path recipe) {
        Ran ran = Ran.cw("run", recipe.toString(), "--check");
        assertThat(ran.err()).isEmpty();
        assertThat(ran.status()).isZero();
    }

    static List<Path> recipes() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("examples"))) {
            return files.filter(file -> file.toString().endsWith(".yaml"))
                    .sorted()
                    .toList();
        }
    }
}
