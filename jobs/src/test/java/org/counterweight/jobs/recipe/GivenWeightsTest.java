package org.counterweight.jobs.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.jobs.recipe.data.DataKind;
import org.counterweight.jobs.recipe.program.DistillRecipe;
import org.counterweight.jobs.recipe.program.FederateRecipe;
import org.counterweight.jobs.recipe.program.GenerateRecipe;
import org.counterweight.jobs.recipe.program.GrowRecipe;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A column of weights is used, or refused by its name: no task and no command overlooks it. */
class GivenWeightsTest {
    private static final Set<DataKind> HAVE_COLUMNS = Set.of(DataKind.TEXTS, DataKind.DOCUMENTS, DataKind.TABLE);

    @TempDir
    private Path directory;

    /** A task on one kind of rows. */
    private record Case(TaskKind task, DataKind data) {
        /** Whether a row of the file is a row that is learnt. */
        boolean takesWeights() {
            return HAVE_COLUMNS.contains(data) && task != TaskKind.CAUSAL_LM;
        }

        String recipe(String data, String more) {
            String sizes = switch (task) {
                case NODE_CLASSIFICATION -> "{architecture: {type: gcn}}";
                case TABLE_CLASSIFICATION -> "{architecture: mlp}";
                case DIFFUSION -> "{architecture: {type: unet}}";
                default -> "{name: m}";
            };
            return "{task: " + task.key() + ", model: " + sizes + ", data: {kind: " + this.data.key() + ", train: t"
                    + data + "}" + (task == TaskKind.DIFFUSION ? ", diffusion: {}" : "") + more + "}";
        }
    }

    static Stream<Case> cases() {
        return Stream.of(TaskKind.values()).flatMap(task -> task.data().stream().map(data -> new Case(task, data)));
    }

    private static Recipe read(String yaml) {
        return Recipe.of(Configs.yaml(yaml, "recipe"), "r");
    }

    @ParameterizedTest
    @MethodSource("cases")
    void eachTaskUsesItOrRefusesIt(Case one) {
        assertThatCode(() -> read(one.recipe("", ""))).doesNotThrowAnyException();
        String weighed = one.recipe(", columns: {weight: w}", ", weigh: {method: column}");
        if (one.takesWeights()) {
            assertThat(read(weighed).data().columns().weight()).isEqualTo("w");
        } else {
            assertThatThrownBy(() -> read(weighed))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageMatching("(?s).*(data\\.columns|weigh\\.method: column).*");
        }
        assertThatThrownBy(() -> read(one.recipe(", columns: {weight: w}", "")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("data.columns");
    }

    private Path file(String yaml) throws IOException {
        return Files.writeString(directory.resolve("r.yaml"), yaml);
    }

    private static void isRefused(ThrowingCallable reading) {
        assertThatThrownBy(reading).isInstanceOf(ConfigException.class).hasMessageMatching("(?s).*(columns|weigh).*");
    }

    /** Programs of several runs have losses of their own; a weight is refused with them, read by something or not. */
    @Test
    void eachProgramRefusesIt() throws IOException {
        for (String weigh : List.of("", ", weigh: {method: column}")) {
            Path grow = file("{task: table_classification, model: {architecture: mlp}, data: {train: t.csv, columns:"
                    + " {weight: w}}, grow: {tasks: 2}" + weigh + "}");
            isRefused(() -> GrowRecipe.read(grow, List.of()));
            Path federate = file("{task: table_classification, model: {architecture: mlp}, clients: [{name: a, target:"
                    + " true, data: {train: t.csv, columns: {weight: w}}}, {name: b, data: {train: t.csv}}]" + weigh
                    + "}");
            isRefused(() -> FederateRecipe.read(federate, List.of()));
            Path distill =
                    file("{model: {architecture: convnet}, data: {train: t, columns: {weight: w}}, distill: {ipc:"
                            + " 1}" + weigh + "}");
            isRefused(() -> DistillRecipe.read(distill, List.of()));
            Path generate = file("{generator: g, classifier: {name: c}, data: {train: t.csv, columns: {weight: w}},"
                    + " labels: [{label: a, prompt: p}, {label: b, prompt: q}]" + weigh + "}");
            isRefused(() -> GenerateRecipe.read(generate, List.of()));
        }
    }
}
