package org.counterweight.merge.dynamic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.counterweight.engine.Tensors.times;
import static org.counterweight.merge.dynamic.SmallClassifiers.forward;
import static org.counterweight.merge.dynamic.SmallClassifiers.logits;
import static org.counterweight.merge.dynamic.SmallClassifiers.model;
import static org.counterweight.merge.dynamic.SmallClassifiers.samples;
import static org.counterweight.merge.dynamic.SmallClassifiers.values;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.model.Batch;
import org.counterweight.model.part.Activation;
import org.counterweight.model.zoo.image.Mlp;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What must hold where several tasks share an encoder that is merged for each sample. */
class TaskDawinTest {
    private static final Mlp MODEL = new Mlp(5, List.of(8), 4, Activation.TANH, 0);

    private final Scope scope = Scope.open();

    @AfterEach
    void close() {
        scope.close();
    }

    /** Entropies of four classes and three encoders. */
    @Test
    void taskCoefficientsAlwaysAddUpToThoseOfTaskArithmetic() {
        Tensor logits = torch.stack(new org.bytedeco.pytorch.TensorVector(logits(1, 9), logits(2, 9), logits(3, 9)), 0);
        List<Double> sums = values(TaskCoefficients.of(logits, 0.3).lambda().sum(1));
        assertThat(sums).allMatch(s -> Math.abs(s - 0.9) < 1e-12);
        Tensor equal = torch.stack(new org.bytedeco.pytorch.TensorVector(logits(1, 9), logits(1, 9)), 0);
        List<Double> lambda = values(TaskCoefficients.of(equal, 0.3).lambda());
        assertThat(lambda).allMatch(l -> Math.abs(l - 0.3) < 1e-12);
    }

    private static Map<String, Tensor> part(Map<String, Tensor> weights, boolean head) {
        var part = new LinkedHashMap<>(weights);
        part.keySet().removeIf(name -> name.startsWith("layers.1.") != head);
        return part;
    }

    private static TaskDawin tasks(int clusters) {
        Map<String, Tensor> base = model(MODEL, 1, 3);
        return new TaskDawin(
                MODEL,
                part(base, false),
                Map.of("a", part(model(MODEL, 2, 3), false), "b", part(model(MODEL, 3, 3), false)),
                Map.of("a", part(model(MODEL, 4, 3), true), "b", part(model(MODEL, 5, 3), true)),
                0.3,
                clusters);
    }

    @Test
    void aTaskIsAnsweredByItsHeadOnTheMergedEncoder() {
        Batch samples = samples(20);
        TaskDawin one = tasks(1);
        TaskDawin.Prediction prediction = one.predict("b", samples, new Seed(1));
        assertThat(prediction.models()).isEqualTo(1);
        Tensor mean = times(
                prediction
                        .coefficients()
                        .lambda()
                        .mean(new long[] {0}, false, new org.bytedeco.pytorch.ScalarTypeOptional()),
                1);
        assertTensor(prediction.lambda().select(0, 5)).isCloseTo(mean, 1e-10, 0);
        var merged = new LinkedHashMap<>(one.merged(values(mean)));
        merged.putAll(java.util.Objects.requireNonNull(one.heads().get("b")));
        assertTensor(prediction.logits()).isCloseTo(forward(MODEL, merged, samples), 1e-5, 1e-6);
        TaskDawin.Prediction each = tasks(0).predict("b", samples, new Seed(1));
        assertThat(each.models()).isEqualTo(20);
        assertTensor(tasks(20).predict("b", samples, new Seed(1)).logits()).isEqualTo(each.logits());
        assertThat(tasks(3).predict("b", samples, new Seed(1)).models()).isLessThanOrEqualTo(3);
    }

    @Test
    void aTaskWithoutAHeadIsRefused() {
        assertThatThrownBy(() -> tasks(1).predict("c", samples(4), new Seed(1)))
                .hasMessageContaining("there is no head for the task \"c\"");
        assertThatThrownBy(() -> tasks(-1)).isInstanceOf(ConfigException.class);
    }
}
