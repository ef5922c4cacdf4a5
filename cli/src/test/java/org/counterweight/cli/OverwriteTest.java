package org.counterweight.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code --overwrite} replaces what {@code cw} wrote, again and again, and nothing of its user's. */
class OverwriteTest {
    @TempDir
    private Path root;

    private Sandbox sandbox;

    @BeforeEach
    void makeModels() {
        sandbox = Sandbox.in(root).classifier("c").adapter("a", 8, 0);
    }

    private List<String> words(String command) {
        return switch (command) {
            case "merge" -> sandbox.merge(BadMerges.MERGE);
            case "update" -> sandbox.classifier("new").update("c", "new");
            case "run" -> sandbox.run();
            default ->
                List.of("merge-adapter", sandbox.path("c") + "", sandbox.path("a") + "", sandbox.path("out") + "");
        };
    }

    private Ran overwriting(List<String> words) {
        var all = new ArrayList<>(words);
        all.add("--overwrite");
        return Ran.cw(all.toArray(String[]::new));
    }

    @ParameterizedTest
    @ValueSource(strings = {"merge", "merge-adapter", "update", "run"})
    void anEarlierOutputIsReplacedAndWhatWasAddedIsKept(String command) throws IOException {
        List<String> words = words(command);
        for (int i = 0; i < 3; i++) {
            Ran ran = overwriting(words);
            assertThat(ran.status()).as(ran.err()).isZero();
        }
        Path notes = sandbox.write("out/notes.txt", "mine");
        Path chapter = sandbox.write("out/thesis/chapter.tex", "mine");
        Ran ran = overwriting(words);
        assertThat(ran.status()).isEqualTo(2);
        assertThat(ran.err()).contains("out holds notes.txt, thesis/, which ", "name another directory");
        assertThat(notes).hasContent("mine");
        assertThat(chapter).hasContent("mine");
    }

    @ParameterizedTest
    @ValueSource(strings = {"merge", "merge-adapter", "update", "run"})
    void anothersModelIsNoOutput(String command) throws IOException {
        List<String> words = words(command);
        sandbox.classifier("out");
        byte[] before = Files.readAllBytes(root.resolve("out/model.safetensors"));
        Ran ran = overwriting(words);
        assertThat(ran.status()).isEqualTo(2);
        assertThat(ran.err()).contains("out holds config.json, model.safetensors, vocab.txt, which ");
        assertThat(root.resolve("out/model.safetensors")).hasBinaryContent(before);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "adapterhub, 'compacter, phm_dim: 2, reduction_factor: 4, unfreeze_layer_norms: false'",
        "sorsa, 'sorsa, r: 2, targets: [query]'",
        "own, bitfit",
        "peft, 'lora, r: 2, targets: [query]'"
    })
    void everyFormOfAnAdapterIsReplaced(String form, String adapter) {
        sandbox.write("recipe.yaml", """
                model: {name: "%1$s/model"}
                data: {train: "%1$s/texts.csv", max_length: 16}
                adapter: {method: %2$s}
                train: {max_steps: 1, batch_size: 8, lr: 1e-3, precision: float32, keep_best: false}
                output: {directory: "%1$s/out", baseline: false, adapter_format: %3$s}
                """.formatted(root.toString().replace('\\', '/'), adapter, form));
        for (int i = 0; i < 2; i++) {
            Ran ran = overwriting(sandbox.run());
            assertThat(ran.status()).as(ran.err()).isZero();
        }
    }

    @Test
    void aRunThatBrokeOffIsReplaced() throws IOException {
        sandbox.write(
                "out/recipe.yaml",
                Ran.cw(sandbox.run("--check").toArray(String[]::new)).out()); // killed before its first step
        Path unfinished = Files.createDirectories(root.resolve("out/merged.tmp-1-1"));
        Files.writeString(unfinished.resolve(".staging"), "");
        Ran ran = overwriting(sandbox.run());
        assertThat(ran.status()).as(ran.err()).isZero();
        assertThat(unfinished).doesNotExist();
    }

    @Test
    void nothingIsWrittenThroughALink() throws IOException {
        Path elsewhere = Files.createDirectory(root.resolve("elsewhere"));
        Files.createSymbolicLink(root.resolve("out"), elsewhere);
        Ran ran = overwriting(words("merge"));
        assertThat(ran.status()).isEqualTo(2);
        assertThat(ran.err()).contains("out is a link, which is not replaced; name the directory itself");
        assertThat(root.resolve("out")).isSymbolicLink();
    }
}
