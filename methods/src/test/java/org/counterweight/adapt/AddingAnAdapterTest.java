package org.counterweight.adapt;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The page on adding an adapter shows the files as they are; that they are right, {@link ParametrizationContractTest} tells. */
class AddingAnAdapterTest {
    @ParameterizedTest
    @ValueSource(strings = {"Gain.java", "GainConfig.java"})
    void thePageShowsTheFile(String file) throws IOException {
        String source = Files.readString(Path.of("src/test/java/org/counterweight/adapt", file));
        String shown = source.substring(source.indexOf("/**"));
        assertThat(Files.readString(Path.of("../docs/adding-an-adapter.md"))).contains("```java\n" + shown + "```");
    }
}
