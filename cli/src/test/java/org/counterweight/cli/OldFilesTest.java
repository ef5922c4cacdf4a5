package org.counterweight.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.counterweight.config.Configs;
import org.counterweight.engine.Engine;
import org.counterweight.engine.Scope;
import org.counterweight.merge.mergekit.MergeMethod;
import org.counterweight.merge.mergekit.MergeRecipe;
import org.counterweight.merge.mergekit.ModelPlaces;
import org.counterweight.weights.ModelDirectory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

/**
 * What {@code cw} wrote before its rooms were cut (revision 7490ba1) goes on being read. In {@code old}: that build's
 * recipes; two runs, each broken off and whole; and what the whole ones wrote, with their ledgers.
 */
class OldFilesTest {
    private static final Path OLD = Path.of("cli", "src", "test", "resources", "old");

    @TempDir
    private Path root;

    /**
     * The run goes on with the shares, the moments, the ranks and the merges that it had. Rounding differs between
     * processors, so what their build ended with on one is held to a tolerance.
     */
    @ParameterizedTest
    @ValueSource(strings = {"adalora", "stock"})
    void aRunThatWasBrokenOffEndsAsItWouldHave(String name) throws IOException {
        Ran ran = resumed(name, "--set", "model.pooling=mean");
        assertThat(ran.status()).as(ran.err()).isZero();
        assertThat(ran.err()).contains("resumed after step " + (name.equals("stock") ? 8 : 12));
        ObjectNode ended = Configs.read(root.resolve("run/result.json"));
        ObjectNode then = Configs.read(OLD.resolve(name).resolve("ended/result.json"));
        for (String figure : List.of("loss", "accuracy", "macro_f1")) {
            assertThat(ended.at("/test/" + figure).asDouble())
                    .as(figure)
                    .isCloseTo(then.at("/test/" + figure).asDouble(), within(1e-5));
        }
        assertThat(ended.get("trained_parameters")).isEqualTo(then.get("trained_parameters"));
        try (var scope = Scope.open();
                var now = ModelDirectory.open(root.resolve("run/merged"));
                var before = ModelDirectory.open(OLD.resolve(name).resolve("ended/merged"))) {
            assertThat(now.tensors()).containsOnlyKeys(before.tensors().keySet());
            before.all()
                    .forEach((tensor, value) ->
                            assertTensor(now.tensor(tensor)).as(tensor).isCloseTo(value, 1e-4, 1e-5));
        }
    }

    /** The mean over a text was what a recipe took then without saying so. */
    @Test
    void whatARecipeMustSayNowIsNamed() throws IOException {
        Ran ran = resumed("adalora");
        assertThat(ran.status()).isEqualTo(2);
        assertThat(ran.err()).contains("model.pooling: null, but", "has \"mean\"; resume with the same settings");
        assertThat(root.resolve("run/checkpoint.safetensors")).exists();
    }

    private Ran resumed(String name, String... more) throws IOException {
        copy(OLD.resolve(name).resolve("interrupted"), root.resolve("run"));
        var words = new ArrayList<String>();
        words.addAll(List.of("run", OLD.resolve(name + ".yaml").toString(), "--resume", "--output"));
        words.add(root.resolve("run").toString());
        words.addAll(List.of(more));
        int threads = Engine.threads();
        try {
            return Ran.cw(words.toArray(String[]::new));
        } finally {
            Engine.setThreads(threads);
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName().toString()));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"adalora/ended/adapter", "adalora/ended/merged", "stock/ended/merged"})
    void aLedgerIsReadAndItsInputsFound(String written) {
        String path = OLD.resolve(written).toString();
        Ran verified = Ran.cw("verify", path);
        assertThat(verified.status()).as(verified.out()).isZero();
        assertThat(verified.out()).contains("agrees").doesNotContain("CHANGED").doesNotContain("not found");
        Ran inspected = Ran.cw("inspect", path);
        assertThat(inspected.status()).as(inspected.err()).isZero();
        assertThat(inspected.out()).contains(written.startsWith("stock") ? "model_stock" : "adalora");
    }

    @Test
    void aModelAnswersWithTheAdapterBesideItAsMerged() {
        String merged = OLD.resolve("adalora/ended/merged").toString();
        String adapter = OLD.resolve("adalora/ended/adapter").toString();
        Ran beside = Ran.cw("predict", OLD.resolve("model").toString(), "--adapter", adapter, "--text", "the cat sat");
        Ran within = Ran.cw("predict", merged, "--text", "the cat sat");
        assertThat(beside.status()).as(beside.err()).isZero();
        assertThat(beside.out()).isNotEmpty().isEqualTo(within.out());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("recipes")
    void aRecipePassesItsCheck(Path recipe) throws IOException {
        boolean hasModel = !Files.readString(recipe).contains("runs/tiny-gpt/merged");
        Ran ran = hasModel
                ? Ran.cw("run", recipe.toString(), "--check")
                : Ran.cw("run", recipe.toString(), "--check", "--set", "model.name=" + TinyGpt.in(root));
        assertThat(ran.status()).as(ran.err()).isZero();
    }

    @Test
    void aRecipeOfAMergeIsRead() throws IOException {
        var places = new ModelPlaces(Path.of(""), (name, field) -> Optional.of(OLD.resolve("model")));
        MergeRecipe recipe = MergeRecipe.read(OLD.resolve("recipes/merge/bge-small.yaml"), places);
        assertThat(recipe.method()).isEqualTo(MergeMethod.named("linear"));
        assertThat(recipe.models()).hasSize(2);
    }

    static List<Path> recipes() throws IOException {
        try (Stream<Path> files = Files.list(OLD.resolve("recipes"))) {
            return files.filter(file -> file.toString().endsWith(".yaml"))
                    .sorted()
                    .toList();
        }
    }
}
