package org.counterweight.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.counterweight.engine.Engine;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever a recipe is of, its directory says what happened in effect, and {@code cw run} with that file alone does it again. */
class EffectiveKindsTest {
    private static final String CLOCK = "\"seconds\"\\s*:\\s*[-+.\\dE]+,?";

    @TempDir
    private Path root;

    private Sandbox sandbox;

    @BeforeEach
    void fill() {
        sandbox = Sandbox.in(root);
        Pictures.folders(sandbox, "pictures", 30);
        Pictures.idx(sandbox, "train", 30);
        sandbox.decoder("g");
        sandbox.write("words.conll", "the O\ncat B-ANIMAL\nsat O\n\na O\ntree B-PLANT\ngrew O\n\n".repeat(20));
        sandbox.write(
                "pairs.csv",
                "premise,hypothesis,label,both\n"
                        + "the cat,a tree,first,x|y\na tree,the cat sat,second,y\n".repeat(20));
        TextToTextRunsTest.model(sandbox, "t5", true, "relu");
    }

    @ParameterizedTest(name = "{0}: {2}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "text_classification | {name: ROOT/model} | {train: ROOT/pairs.csv, text: [premise, hypothesis]} |",
                "text_classification | {name: ROOT/model} | {train: ROOT/texts.csv}"
                        + "| balance: {weight_decay: 5e-3, second: {epochs: 2, max_norm: {fraction: 0.1}}}",
                "token_classification | {name: ROOT/model} | {train: ROOT/words.conll}"
                        + "| adapter: {method: lora, r: 2, targets: [query]}",
                "text_to_text | {name: ROOT/t5} | {train: ROOT/pairs.csv, text: premise, label: hypothesis, max_length: 8} |",
                "causal_lm | {name: ROOT/g} | {train: examples/generate/language.txt, rows: 40, eval_rows: 9, max_length: 16} |",
                "masked_lm | {name: ROOT/model, from_scratch: true} | {train: ROOT/texts.csv, max_length: 8} |",
                "image_classification | {architecture: {type: convnet, width: 4, depth: 1}}"
                        + "| {train: ROOT/pictures, size: 8, augment: [flip]} |",
                "table_classification | {architecture: {type: mlp, hidden: [8]}}"
                        + "| {train: examples/weigh/people.csv, label: hired, features: [age, hours, sector]} |",
                "regression | {architecture: {type: mlp, hidden: [8]}}"
                        + "| {train: examples/data/houses.csv, label: price, features: [rooms, area, town]} |",
                "multi_label_classification | {name: ROOT/model} | {train: ROOT/pairs.csv, text: premise, label: both} |",
                "node_classification | {architecture: {type: graphsage, hidden: [8, 4]}}"
                        + "| {train: examples/data/graphs/source, target: examples/data/graphs/deployed} |",
                "diffusion | {architecture: {type: unet, width: 8, multipliers: [1], heads: 2}}"
                        + "| {train: ROOT/train-images.idx} |"
            })
    void aRunIsDoneAgain(String task, String model, String data, String more) throws IOException {
        again(
                "task: " + task + "\nmodel: " + model + "\ndata: " + data + "\ntrain: {max_steps: 6, lr: 1e-2}\n"
                        + (more == null ? "" : more) + "\n",
                "result.json");
    }

    @Test
    void aSequenceOfTasksIsDoneAgain() throws IOException {
        again("""
                task: image_classification
                model: {architecture: {type: mlp, hidden: [8]}}
                data: {train: ROOT/pictures, size: 8}
                grow: {tasks: 2, learn: {memory: {per_class: 4}}}
                train: {epochs: 2, batch_size: 8, lr: 1e-2}
                """, "sequence.json");
    }

    @Test
    void aFederationIsDoneAgain() throws IOException {
        again("""
                task: text_classification
                model: {name: ROOT/model}
                clients:
                  - {name: theirs, data: {train: ROOT/texts.csv}}
                  - {name: mine, target: true, data: {train: ROOT/texts.csv, rows: 20}}
                federate: {rounds: 2, warmup_rounds: 1, target_batch_size: 8, baselines: [target_only]}
                """, "federation.json");
    }

    @Test
    void aDistillationIsDoneAgain() throws IOException {
        again("""
                model: {architecture: {type: mlp, hidden: [8]}}
                data: {train: examples/data/digits/train-images-idx3-ubyte.gz, rows: 200, eval_rows: 50}
                distill: {method: dm, iterations: 4, evaluate_every: 2, trial: {networks: 1, epochs: 5}, baselines: [random]}
                """, "distilled.json");
    }

    @Test
    void aGenerationIsDoneAgain() throws IOException {
        sandbox.few();
        again(sandbox.read("fewgen.yaml"), "figures.json");
    }

    private void again(String recipe, String figures) throws IOException {
        sandbox.write("recipe.yaml", recipe.replace("ROOT", root.toString().replace('\\', '/')));
        run("recipe.yaml", "out");
        assertThat(sandbox.read("out/effective.yaml"))
                .startsWith("# What was in effect; cw run with this file does the same again.")
                .contains("# made by ", "# processor: ", "rows: ", ", sha256 ");
        run("out/effective.yaml", "again");
        assertThat(figures("again/" + figures)).isEqualTo(figures("out/" + figures));
        assertThat(told("again")).isEqualTo(told("out"));
    }

    private void run(String recipe, String output) {
        int threads = Engine.threads();
        try {
            Ran ran = Ran.cw(
                    "run",
                    root.resolve(recipe).toString(),
                    "--output",
                    root.resolve(output).toString());
            assertThat(ran.status()).as(ran.err()).isZero();
        } finally {
            Engine.setThreads(threads);
        }
    }

    private String figures(String file) {
        return sandbox.read(file).replaceAll(CLOCK, "");
    }

    /** What is told row by row; empty where nothing is. */
    private String told(String run) throws IOException {
        Path file = root.resolve(run).resolve("predictions.jsonl");
        return Files.exists(file) ? Files.readString(file) : "";
    }
}
