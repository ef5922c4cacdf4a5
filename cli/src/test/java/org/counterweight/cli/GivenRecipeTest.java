package org.counterweight.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A recipe that was given to the wrong command is sent to the right one. */
class GivenRecipeTest {
    @TempDir
    private Path root;

    @ParameterizedTest
    @CsvSource({
        "run, weigh/shift.yaml, weigh",
        "run, merge/bge-small.yaml, merge",
        "weigh, bone.yaml, run",
        "merge, bone.yaml, run",
        "generate, bone.yaml, run",
        "generate, distill/digits.yaml, distill",
        "federate, generate/fewgen.yaml, generate",
        "distill, weigh/shift.yaml, weigh",
        "grow, merge/bge-small.yaml, merge"
    })
    void itIsSaidWhoseItIs(String command, String recipe, String owner) {
        String file = Path.of("examples", recipe).toString();
        Ran ran = command.equals("merge")
                ? Ran.cw(command, file, root.resolve("out").toString())
                : Ran.cw(command, file, "--output", root.resolve("out").toString());
        assertThat(ran.status()).as(ran.err()).isEqualTo(2);
        assertThat(ran.err()).contains("; " + file + " is a recipe of cw " + owner + ": give it to that command");
        assertThat(root).isEmptyDirectory();
    }

    @ParameterizedTest
    @CsvSource({"run, bone.yaml", "run, distill/digits.yaml", "weigh, weigh/ab.yaml", "grow, bone.yaml"})
    void itsOwnCommandSaysNothing(String command, String recipe) {
        assertThat(GivenRecipe.hint(command, List.of(Path.of("examples", recipe).toString())))
                .isEmpty();
    }
}
