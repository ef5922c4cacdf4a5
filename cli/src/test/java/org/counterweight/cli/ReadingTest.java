package org.counterweight.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.weights.SafetensorsFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which tokens of a text a model sees: by whose tokenizer, how many of them, and what is said of the others. */
class ReadingTest {
    private static final String SHORT = "the cat sat";
    private static final String LONG = "the cat sat on a tree and a cat sat on the tree a tree grew a cat sat the cat";

    /** As many tokens as the model has positions, 32, with those at both ends. */
    private static final String WHOLE = "cat ".repeat(30).strip();

    @TempDir
    private Path root;

    private Sandbox sandbox;

    @BeforeEach
    void makeClassifier() {
        sandbox = Sandbox.in(root).classifier("c");
    }

    @Test
    void aModelReadsAsManyTokensAsItHasPositions() {
        Ran ran = ask("c", WHOLE);
        assertThat(ran.err()).isEmpty();
        Ran cut = ask("c", SHORT, WHOLE + " cat");
        assertThat(cut.err())
                .isEqualToIgnoringNewLines("1 of 2 texts were cut at 32 tokens; --max-length N reads more");
    }

    @Test
    void whatTheUserSaysIsTaken() {
        assertThat(ask("c", LONG, "--max-length", "8").err())
                .contains("1 of 1 texts were cut at 8 tokens; --max-length N reads more");
    }

    @Test
    void aRunSaysWhatItCutAndItsModelReadsAsMuch() {
        sandbox.write("texts.csv", sandbox.read("texts.csv") + LONG + ",animal\n");
        Ran run = Ran.cw(sandbox.run().toArray(String[]::new));
        assertThat(run.status()).as(run.err()).isZero();
        assertThat(run.err()).contains("1 of 41 texts were cut at 16 tokens; a greater data.max_length reads more");
        assertThat(ask("out/merged", LONG).err()).contains("1 of 1 texts were cut at 16 tokens");
        assertThat(ask("out/merged", LONG, "--max-length", "32").err()).isEmpty();
        var update =
                new ArrayList<>(List.of("update", path("out/merged"), path("out/merged"), "--dev", path("texts.csv")));
        update.addAll(List.of("--output", path("updated")));
        Ran updated = Ran.cw(update.toArray(String[]::new));
        assertThat(updated.status()).as(updated.err()).isZero();
        assertThat(updated.err()).contains("1 of 41 texts were cut at 16 tokens; --max-length N reads more");
    }

    @Test
    void wordsThatAreHiddenAreCutInTheOpenToo() {
        sandbox.model("m", "BertForMaskedLM", Map.of());
        sandbox.write("texts.csv", sandbox.read("texts.csv") + LONG + ",animal\n");
        sandbox.write("recipe.yaml", """
                task: masked_lm
                model: {name: "%1$s/m"}
                data: {train: "%1$s/texts.csv", max_length: 16}
                train: {max_steps: 2, batch_size: 8, lr: 1e-3, precision: float32}
                output: {directory: "%1$s/words", baseline: false}
                """.formatted(root.toString().replace('\\', '/')));
        Ran run = Ran.cw(sandbox.run().toArray(String[]::new));
        assertThat(run.status()).as(run.err()).isZero();
        assertThat(run.err()).contains("1 of 41 texts were cut at 16 tokens; a greater data.max_length reads more");
        assertThat(ask("m", "the [MASK] " + LONG, "--max-length", "8").err())
                .contains("1 of 1 texts were cut at 8 tokens");
    }

    @Test
    void aDecodersTextsAreCutInTheOpen() {
        sandbox.decoder("g");
        Ran ran = ask("g", "a text of many bytes", "--perplexity", "--max-length", "8");
        assertThat(ran.err()).contains("1 of 1 texts were cut at 8 tokens; --max-length N reads more");
    }

    @Test
    void anAdaptersOwnTokenizerIsTheOneThatIsRead() {
        sandbox.adapter("a", 8, 0);
        String words = sandbox.read("c/vocab.txt");
        sandbox.write("a/vocab.txt", words.replace("cat\ntree\n", "tree\ncat\n"));
        try (var scope = Scope.open()) {
            double[] cat = logits("the cat", "--adapter", path("a"));
            assertThat(cat).isEqualTo(logits("the tree")).isNotEqualTo(logits("the cat"));
            Ran merge = Ran.cw("merge-adapter", path("c"), path("a"), path("merged"));
            assertThat(merge.status()).as(merge.err()).isZero();
            assertThat(sandbox.read("merged/vocab.txt")).isEqualTo(sandbox.read("a/vocab.txt"));
        }
    }

    @Test
    void aMergedDirectoryMixesNoTokenizers() {
        sandbox.adapter("a", 8, 0);
        sandbox.write("c/tokenizer_config.json", "{\"do_lower_case\": true}");
        sandbox.write("c/generation_config.json", "{}");
        sandbox.write("a/vocab.txt", sandbox.read("c/vocab.txt").replace("grew", "fell"));
        Ran merge = Ran.cw("merge-adapter", path("c"), path("a"), path("merged"));
        assertThat(merge.status()).as(merge.err()).isZero();
        assertThat(root.resolve("merged/tokenizer_config.json")).doesNotExist();
        assertThat(root.resolve("merged/generation_config.json")).exists();
        assertThat(sandbox.read("merged/vocab.txt")).contains("fell");
    }

    private double[] logits(String text, String... more) {
        Path file = root.resolve("logits.safetensors");
        var words = new ArrayList<>(List.of(text, "--output", file.toString()));
        words.addAll(List.of(more));
        ask("c", words.toArray(String[]::new));
        try (SafetensorsFile written = SafetensorsFile.open(file)) {
            return Tensors.toDoubles(written.tensor("logits"));
        }
    }

    /** Asks a model of texts, which stand before the options. */
    private Ran ask(String model, String... textsAndOptions) {
        var words = new ArrayList<>(List.of("predict", path(model)));
        boolean text = true;
        for (String word : textsAndOptions) {
            text &= !word.startsWith("--");
            words.addAll(text ? List.of("--text", word) : List.of(word));
        }
        Ran ran = Ran.cw(words.toArray(String[]::new));
        assertThat(ran.status()).as(ran.err()).isZero();
        return ran;
    }

    private String path(String name) {
        return root.resolve(name).toString();
    }
}
