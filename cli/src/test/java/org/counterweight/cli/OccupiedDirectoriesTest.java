package org.counterweight.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.counterweight.jobs.Occupied;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whoever writes a directory file by file has it alone. */
class OccupiedDirectoriesTest {
    @TempDir
    private Path root;

    private Sandbox sandbox;

    @BeforeEach
    void makeTexts() {
        sandbox = Sandbox.in(root);
    }

    private Ran run(String... more) {
        var words = new ArrayList<>(sandbox.run());
        words.addAll(List.of(more));
        return Ran.cw(words.toArray(String[]::new));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "--overwrite", "--resume"})
    void aSecondRunIsRefusedAndLeavesTheFirstAlone(String option) throws IOException {
        Path out = root.resolve("out");
        try (var occupied = Occupied.take(out)) {
            Files.writeString(out.resolve("recipe.yaml"), "the first run's");
            Ran second = option.isEmpty() ? run() : run(option);
            assertThat(second.status()).isEqualTo(2);
            assertThat(second.err())
                    .contains("out: another cw (process "
                            + ProcessHandle.current().pid()
                            + ") is at work there; wait until it ends, or name another directory with --output");
            assertThat(sandbox.read("out/recipe.yaml")).isEqualTo("the first run's");
        }
        assertThat(out.resolve(Occupied.FILE)).doesNotExist();
    }

    /** Killed, a process has left its mark, which nobody holds. */
    @Test
    void aMarkThatNobodyHoldsIsInNobodysWay() throws IOException {
        assertThat(run().status()).isZero();
        Files.writeString(root.resolve("out").resolve(Occupied.FILE), "4711");
        Ran again = run("--overwrite");
        assertThat(again.status()).as(again.err()).isZero();
        assertThat(root.resolve("out").resolve(Occupied.FILE)).doesNotExist();
    }
}
