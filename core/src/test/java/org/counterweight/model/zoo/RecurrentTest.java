package org.counterweight.model.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.config.Configs;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.Past;
import org.counterweight.model.module.ModuleSpec.Kind;
import org.counterweight.model.part.Head;
import org.counterweight.model.part.Recurrence;
import org.counterweight.model.zoo.decoder.Recurrent;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RecurrentTest {
    private static Batch batch(long... ids) {
        return new Batch(Map.of(Batch.INPUT_IDS, Tensors.longs(ids, 1, ids.length)));
    }

    /** LibTorch's fused form and the formulas, token by token. */
    @ParameterizedTest
    @EnumSource(Recurrence.class)
    void bothFormsAreTheSame(Recurrence cell) {
        try (var scope = Scope.open()) {
            Model model = Zoo.recurrent(cell, Head.LANGUAGE);
            Params params = Zoo.params(model, ScalarType.Double);
            Batch batch = Zoo.batch(model, ScalarType.Double);
            Tensor fused = model.forward(params, batch, Pass.evaluation()).logits();
            Tensor stepwise = model.forward(params, batch, Pass.evaluation().differentiable(2))
                    .logits();
            assertTensor(fused).isCloseTo(stepwise, 1e-10, 1e-12);
        }
    }

    @ParameterizedTest
    @EnumSource(Recurrence.class)
    void aTextReadInPartsIsTheTextReadAtOnce(Recurrence cell) {
        try (var scope = Scope.open();
                var off = Tensors.noGrad();
                var past = new Past()) {
            Model model = Zoo.recurrent(cell, Head.LANGUAGE);
            Params params = Zoo.params(model, ScalarType.Double);
            Tensor whole =
                    model.forward(params, batch(3, 4, 5, 6), Pass.evaluation()).logits();
            model.forward(params, batch(3, 4), Pass.after(past)).logits();
            assertThat(past.length()).isEqualTo(2);
            model.forward(params, batch(5), Pass.after(past)).logits();
            Tensor last = model.forward(params, batch(6), Pass.after(past)).logits();
            assertTensor(last.select(1, 0)).isCloseTo(whole.select(1, 3), 1e-10, 1e-12);
        }
    }

    @ParameterizedTest
    @EnumSource(Recurrence.class)
    void aClassifierReadsTheStateAfterTheLastRealToken(Recurrence cell) {
        try (var scope = Scope.open()) {
            Model model = Zoo.recurrent(cell, Head.CLASSIFIER);
            Params params = Zoo.params(model, ScalarType.Double);
            var padded = new Batch(Map.of(
                    Batch.INPUT_IDS, Tensors.longs(new long[] {3, 4, 0, 0}, 1, 4),
                    Batch.ATTENTION_MASK, Tensors.longs(new long[] {1, 1, 0, 0}, 1, 4)));
            assertTensor(model.forward(params, padded, Pass.evaluation()).logits())
                    .isCloseTo(
                            model.forward(params, batch(3, 4), Pass.evaluation())
                                    .logits(),
                            1e-10,
                            1e-12);
        }
    }

    @ParameterizedTest
    @EnumSource(Recurrence.class)
    void isReadFromItsConfig(Recurrence cell) {
        String type = cell.name().toLowerCase(Locale.ROOT);
        var config = Configs.yaml(
                "{model_type: " + type + ", vocab_size: 11, embedding_size: 5, hidden_size: 6,"
                        + " num_hidden_layers: 2}",
                "config");
        assertThat(Architectures.of(config)).isEqualTo(new Recurrent(cell, 11, 5, 6, 2, 0, -1, Head.LANGUAGE, 0));
        var classifier = Architectures.of(Architectures.classifier(config, List.of("a", "b", "c"), null));
        assertThat(classifier).isEqualTo(Zoo.recurrent(cell, Head.CLASSIFIER));
        assertThat(classifier.modules().of(Kind.RECURRENT)).containsExactly("rnn");
        assertThat(classifier.shapes()).containsKeys("rnn.weight_ih_l0", "rnn.bias_hh_l1");
    }
}
