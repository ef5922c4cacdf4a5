package org.counterweight.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Scope;
import org.counterweight.reparametrize.files.StateDict;
import org.counterweight.weights.ModelDirectory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Runs whose weights are trained through others, by a recipe's {@code reparametrize}. */
class ReparametrizedRunTest {
    @TempDir
    private Path root;

    /** The process that asks a model: {@code cw} as it is. */
    public static void main(String[] words) {
        System.exit(Cw.commandLine().execute(words));
    }

    private Ran run(String more) {
        Sandbox sandbox = Sandbox.in(root);
        sandbox.write("recipe.yaml", """
            model: {name: "%1$s/model"}
            data: {train: "%1$s/texts.csv", max_length: 16}
            train: {epochs: 2, batch_size: 8, lr: 1e-2, precision: float32}
            output: {directory: "%1$s/out"}
            %2$s
            """.formatted(root.toString().replace('\\', '/'), more));
        Ran ran = Ran.cw(sandbox.run().toArray(String[]::new));
        assertThat(ran.status()).as(ran.err()).isZero();
        return ran;
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "{method: weight_norm} | weight normalization at | .parametrizations.weight.original1 | Lengths under"
                        + " weight",
                "{method: weight_norm, style: hook} | weight normalization at | .weight_v | Lengths of the weights",
                "{method: weight_norm, mean_only_bn: true} | weight normalization at | .mean_only_bn.running_mean |"
                        + " Lengths",
                "{method: weight_compander, init: inverse, learn_ab: true} | weight compander, arctan, at |"
                        + " .weight.0.log_a | The weights under the compander"
            })
    void leavesPlainWeightsAndWhatTheyWereMadeOf(String settings, String said, String part, String shown)
            throws IOException, InterruptedException {
        Ran ran = run("reparametrize: " + settings);
        assertThat(ran.err()).contains(said, "8 linear");
        assertThat(Files.readString(root.resolve("out/report.html"))).contains(shown, "attention.self.query.weight");
        try (var scope = Scope.open();
                ModelDirectory plain = ModelDirectory.open(root.resolve("out/merged"));
                ModelDirectory latent = ModelDirectory.open(root.resolve("out/reparametrized"))) {
            assertThat(latent.tensors().keySet()).anyMatch(name -> name.endsWith(part));
            Map<String, Tensor> folded = StateDict.of("reparametrized", latent.all(), latent.metadata())
                    .plain();
            assertThat(folded.keySet()).isEqualTo(plain.tensors().keySet());
            folded.forEach((name, tensor) -> assertTensor(tensor).as(name).isCloseTo(plain.tensor(name), 1e-6, 1e-6));
        }
        for (String directory : List.of("out/merged", "out/reparametrized")) {
            String here = Ran.cw(words(directory)).out();
            assertThat(here).contains("\"label\"");
            assertThat(elsewhere(directory)).as("in a process of its own").isEqualTo(here);
        }
    }

    private String asked(String directory) {
        Ran ran = Ran.cw("predict", root.resolve(directory).toString(), "--text", "the cat");
        assertThat(ran.status()).as(ran.err()).isZero();
        return ran.out();
    }

    private String[] words(String directory) {
        return new String[] {"predict", root.resolve(directory).toString(), "--text", "the cat", "--max-length", "16"};
    }

    private String elsewhere(String directory) throws IOException, InterruptedException {
        Process process = KilledRunTest.java(ReparametrizedRunTest.class, List.of(), List.of(words(directory)))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        return out;
    }

    @Test
    void whatWasTrainedIsTrainedOn() {
        run("reparametrize: {method: weight_norm}");
        Ran more = Ran.cw(
                "run",
                root.resolve("recipe.yaml").toString(),
                "--set",
                "model.name=" + root.resolve("out/reparametrized"),
                "--output",
                root.resolve("more").toString());
        assertThat(more.status()).as(more.err()).isZero();
        assertThat(more.err()).contains("8 weights continue from the parts that the model's files keep of them");
        assertThat(root.resolve("more/merged/model.safetensors")).exists();
    }

    /** Recurrent networks learn from texts, from random weights, to tell classes or the next letter. */
    @ParameterizedTest(name = "{0}, {1}")
    @CsvSource({"lstm, text_classification", "gru, text_classification", "lstm, causal_lm", "gru, causal_lm"})
    void recurrentNetworksLearnFromTexts(String type, String task) throws IOException {
        Sandbox sandbox = Sandbox.in(root);
        sandbox.write(
                "rnn/config.json",
                "{\"model_type\": \"" + type + "\", \"vocab_size\": 257, \"hidden_size\": 8,"
                        + " \"num_hidden_layers\": 2, \"eos_token_id\": 256}");
        sandbox.write(
                "rnn/tokenizer.json", Files.readAllBytes(Path.of("examples", "models", "tiny-lstm", "tokenizer.json")));
        sandbox.write("recipe.yaml", """
            task: %2$s
            model: {name: "%1$s/rnn", from_scratch: true}
            data: {train: "%1$s/texts.csv", max_length: 16, dev_share: 0.2, test_share: 0.2}
            reparametrize: {method: weight_norm, data_init: {}}
            train: {epochs: 2, batch_size: 4, lr: 1e-2, precision: float32}
            output: {directory: "%1$s/out"}
            """.formatted(root.toString().replace('\\', '/'), task));
        Ran ran = Ran.cw(sandbox.run().toArray(String[]::new));
        assertThat(ran.status()).as(ran.err()).isZero();
        assertThat(ran.err()).contains("weight normalization at 2 modules: 1 linear, 1 recurrent");
        try (ModelDirectory latent = ModelDirectory.open(root.resolve("out/reparametrized"))) {
            assertThat(latent.tensors().keySet()).contains("rnn.parametrizations.weight_hh_l1.original0");
        }
        String merged = asked("out/merged");
        assertThat(merged).isNotBlank();
        assertThat(asked("out/reparametrized")).isEqualTo(merged);
    }

    @Test
    void plainWeightsAreTrainedByStepsOfTheirLengths() {
        Ran ran = run("reparametrize: {method: weight_norm, mode: optimizer}");
        assertThat(ran.err()).contains("weight normalization by its steps, at 8 modules: 8 linear");
        assertThat(root.resolve("out/reparametrized")).doesNotExist();
        assertThat(root.resolve("out/merged/model.safetensors")).exists();
    }
}
