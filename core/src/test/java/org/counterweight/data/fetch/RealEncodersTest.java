package org.counterweight.data.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.data.TextTokenizer;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.weights.ModelDirectory;
import org.counterweight.weights.TensorInfo;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
        Path directory = Fetcher.ofUser(System.out::println).fetch(Holdings.named(name));
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
            assertThat(tokenizer.encode("hello world")).containsExactly(101, 7592, 2088, 102);
        }
    }
}
