package org.counterweight.datasets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.data.text.TextTokenizer;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Output;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.zoo.Architectures;
import org.counterweight.weights.ModelDirectory;
import org.counterweight.weights.TensorInfo;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

/** The encoders of the registries, fetched and imported as any user's are, against numbers of ONNX Runtime and TensorFlow. */
@Tag("real")
class RealEncodersTest {
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "minilm, '', 22565376, 138.050722, 0.043580376",
        "bge-small-en-v1.5, '', 33212160, -170.419210, 0.061584473",
        "e5-small-v2, '', 33212160, -115.771432, 0.073913574",
        "bert-base-uncased, bert., 110104890, -656919.58283, ",
    })
    void theWeightsAreThoseThatWerePublished(
            String name, String prefix, long parameters, double wordSum, Double firstQuery) {
        Path directory = fetch(name);
        try (var scope = Scope.open();
                var model = ModelDirectory.open(directory);
                var tokenizer = TextTokenizer.open(directory, 128)) {
            assertThat(model.tensors().values().stream()
                            .mapToLong(TensorInfo::elements)
                            .sum())
                    .isEqualTo(parameters);
            double sum = model.tensor(prefix + "embeddings.word_embeddings.weight")
                    .to(ScalarType.Double)
                    .sum()
                    .item_double();
            assertThat(sum).isCloseTo(wordSum, within(1e-5 + 1e-10 * Math.abs(wordSum)));
            if (firstQuery != null) {
                var query = model.tensor(prefix + "encoder.layer.0.attention.self.query.weight");
                assertThat((double) Tensors.toFloats(query)[1]).isCloseTo(firstQuery, within(1e-8));
            }
            ObjectNode config = model.config();
            Holdings.config(name)
                    .properties()
                    .forEach(known -> assertThat(config.path(known.getKey()).asString())
                            .as("what was known before: %s", known.getKey())
                            .isEqualTo(known.getValue().asString()));
            assertThat(tokenizer.encode("hello world")).containsExactly(101, 7592, 2088, 102);
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "minilm, 0.176445 0.039366 0.077902 0.258542, -0.034477 0.031023 0.006735 0.026109",
        "bge-small-en-v1.5, 0.143106 -0.212554 0.080490 -0.698486, -0.002454 -0.012999 0.014900 -0.073900",
        "e5-small-v2, -0.128806 0.294309 0.217357 0.078927, -0.009296 0.069183 0.036366 0.003412",
    })
    void hiddenStatesAreThoseOfOnnxRuntime(String name, String first, String pooled) {
        try (var scope = Scope.open();
                var model = ModelDirectory.open(fetch(name))) {
            Output output = forward(model, model.config(), 101, 7592, 2088, 102);
            assertStartsWith(output.hidden(), first, 1e-5);
            Tensor mean = output.logits(); // of an encoder without head
            assertStartsWith(mean.div(Tensors.norm2(mean, true, 1)), pooled, 1e-5);
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "gelu_new, 15.6530 11.2594 9.9815, -0.167776 0.133649 -0.142161 -0.053741",
        "gelu, 15.6643 11.2523 9.9742, -0.168883 0.136064 -0.139400 -0.054359",
    })
    void bertKnowsTheCapitalOfFrance(String activation, String logits, String hidden) {
        Path directory = fetch("bert-base-uncased");
        try (var scope = Scope.open();
                var model = ModelDirectory.open(directory);
                var tokenizer = TextTokenizer.open(directory, 128)) {
            ObjectNode config = model.config().put("hidden_act", activation);
            long[] prompt = tokenizer.encode("Paris is the capital of [MASK].");
            assertThat(prompt).containsExactly(101, 3000, 2003, 1996, 3007, 1997, 103, 1012, 102);
            Tensor scores = forward(model, config, prompt).logits().select(1, 6).select(0, 0);
            long[] words = {2605, 11337, 9835}; // france, algeria, morocco: the three highest
            assertThat(tokenizer.decode(words)).isEqualTo("france algeria morocco");
            assertStartsWith(scores.index_select(0, Tensors.longs(words)), logits, 2e-4);
            assertThat(scores.argmax().item_long()).isEqualTo(words[0]);
            assertStartsWith(forward(model, config, 101, 7592, 2088, 102).hidden(), hidden, 2e-5);
        }
    }

    private static Path fetch(String name) {
        return Fetcher.ofUser(System.out::println).fetch(Holdings.named(name));
    }

    private static Output forward(ModelDirectory model, ObjectNode config, long... ids) {
        try (var off = Tensors.noGrad()) {
            var batch = new Batch(Map.of(Batch.INPUT_IDS, Tensors.longs(ids, 1, ids.length)));
            return Architectures.of(config).forward(Params.of(model.all()), batch, Pass.evaluation());
        }
    }

    private static void assertStartsWith(Tensor tensor, String expected, double tolerance) {
        double[] values = Tensors.toDoubles(tensor);
        String[] numbers = expected.split(" ");
        for (int i = 0; i < numbers.length; i++) {
            assertThat(values[i]).isCloseTo(Double.parseDouble(numbers[i]), within(tolerance));
        }
    }
}
