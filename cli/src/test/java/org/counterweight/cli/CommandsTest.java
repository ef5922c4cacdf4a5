package org.counterweight.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import org.counterweight.engine.Engine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** Holds for every command by its being listed: help, an example, exit statuses. */
class CommandsTest {
    @Test
    void withoutACommandHelpIsShown() {
        Ran ran = Ran.cw();
        assertThat(ran.status()).isZero();
        assertThat(ran.out()).contains("Usage: cw", "methods", "explain");
    }

    @ParameterizedTest(name = "cw {0} --help")
    @MethodSource("commands")
    void everyCommandHasHelpWithAnExample(String name) {
        Ran ran = Ran.cw((name + " --help").split(" "));
        assertThat(ran.status()).isZero();
        assertThat(ran.out()).contains("Usage: cw " + name, "Example");
        assertThat(ran.out().lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(100));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("examples")
    void theExampleOfTheHelpWorks(String example) {
        List<String> words = Arrays.asList(example.split("\\s+"));
        Ran ran = Ran.cw(words.subList(1, words.size()).toArray(String[]::new));
        assertThat(ran.err().lines()).allMatch(line -> line.startsWith("pooling: mean is a key of ours"));
        assertThat(ran.status()).isZero();
        assertThat(ran.out()).isNotBlank();
    }

    @ParameterizedTest(name = "cw {0}")
    @ValueSource(strings = {"metods", "explain", "explain bonne", "methods --colour", "schema bone lora"})
    void aWrongRequestIsTwoLinesAndStatusTwo(String request) {
        Ran ran = Ran.cw(request.split(" "));
        assertThat(ran.status()).isEqualTo(2);
        assertThat(ran.out()).isEmpty();
        assertThat(ran.err().lines().count()).isBetween(1L, 2L);
    }

    @Test
    void theNearestCommandIsNamed() {
        assertThat(Ran.cw("metods").err()).contains("did you mean \"methods\"?");
        assertThat(Ran.cw("explain", "bonne").err()).contains("did you mean \"bone\"?");
        assertThat(Ran.cw("methods", "--hlep").err()).contains("did you mean \"--help\"?");
    }

    @Test
    void aMethodIsExplainedWithWhatToPaste() {
        assertThat(Ran.cw("explain", "model-stock").out())
                .contains("stock:", "replicas: 2", "merge_method: model_stock");
        assertThat(Ran.cw("explain", "bcwi").out()).contains("./cw update OLD NEW --dev dev.csv --output OUT");
        assertThat(Ran.cw("explain", "focal").out()).contains("weigh:", "method: focal");
    }

    @Test
    void debugAddsTheStackTrace() {
        assertThat(Ran.cw("explain", "bonne", "--debug").err()).contains("ConfigException", "\tat ");
        assertThat(Ran.cw("explain", "bonne").err()).doesNotContain("\tat ");
    }

    @Test
    void aDeviceThatIsNotThereIsToldBeforeTheWork() {
        Ran ran = Ran.cw("run", "examples/quickstart.yaml", "--check", "--device", "cuda");
        assertThat(ran.status()).isEqualTo(2);
        assertThat(ran.err())
                .contains(
                        Engine.hasCuda()
                                ? "device: \"cuda\" is not allowed; expected auto or cpu"
                                : "device: \"cuda\", but LibTorch sees no CUDA device here; use device: cpu");
    }

    @Test
    void sameBitsAreAskedForByOptionOrRecipe() {
        Ran asked = Ran.cw("run", "examples/quickstart.yaml", "--check", "--deterministic");
        assertThat(asked.out()).contains("deterministic: true");
        assertThat(Ran.cw("run", "examples/quickstart.yaml", "--check").out()).contains("deterministic: false");
    }

    @Test
    void theDoctorTakesAProduct() {
        Ran ran = Ran.cw("doctor");
        assertThat(ran.status()).isZero();
        assertThat(ran.out().replaceAll("\\s+", " "))
                .containsPattern(
                        "Linear algebra \\S.*: a product of 1,024 x 1,024 numbers in [0-9.]+ ms, \\d+ GFLOP/s, \\d+ ");
    }

    static Stream<String> commands() {
        return commandLines()
                .map(command -> command.getCommandSpec().qualifiedName().replaceFirst("^cw ", ""));
    }

    /** The lines of every command's footer that begin with {@code cw}. */
    static Stream<String> examples() {
        return commandLines()
                .flatMap(command ->
                        Arrays.stream(command.getCommandSpec().usageMessage().footer()))
                .map(String::strip)
                .filter(line -> line.startsWith("cw "));
    }

    private static Stream<CommandLine> commandLines() {
        return Cw.commandLine().getSubcommands().values().stream().flatMap(CommandsTest::withSubcommands);
    }

    private static Stream<CommandLine> withSubcommands(CommandLine command) {
        Collection<CommandLine> below = command.getSubcommands().values();
        return Stream.concat(Stream.of(command), below.stream().flatMap(CommandsTest::withSubcommands));
    }

    /** All shards have one ledger; a shard that is missing does not pass unseen. */
    @Test
    void shardsAreVerifiedTogether(@TempDir Path root) throws IOException {
        Sandbox sandbox = Sandbox.in(root);
        Ran merged =
                Ran.cw(sandbox.merge(BadMerges.MERGE, "--out-shard-size", "1K").toArray(String[]::new));
        assertThat(merged.status()).as(merged.err()).isZero();
        String out = root.resolve("out").toString();
        Ran verified = Ran.cw("verify", out);
        assertThat(verified.status()).as(verified.err()).isZero();
        assertThat(verified.out())
                .contains("model-00001-of-", "model-00002-of-")
                .containsOnlyOnce("agrees");
        try (var files = Files.list(root.resolve("out"))) {
            Files.delete(files.filter(file -> file.toString().contains("model-00002"))
                    .findFirst()
                    .orElseThrow());
        }
        Ran incomplete = Ran.cw("verify", out);
        assertThat(incomplete.status()).isEqualTo(2);
        assertThat(incomplete.err()).contains("model-00002", "there is no such file");
    }
}
