package org.counterweight.merge.soup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.counterweight.engine.Tensors.floats;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Scope;
import org.counterweight.merge.InMemory;
import org.counterweight.merge.LayerName;
import org.counterweight.weights.Combiner;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SoupTest {
    private final Scope scope = Scope.open();

    @AfterEach
    void close() {
        scope.close();
    }

    private static Map<String, Tensor> model(float value) {
        return Map.of("w", floats(new float[] {value}));
    }

    @Test
    void aModelJoinsTheSoupOnlyIfItHelps() {
        // The nearer to 2 the better: 1.5 is the best alone, 2.5 as good but later, 9 never helps.
        GreedySoup soup = GreedySoup.of(
                List.of(model(9), model(1.5f), model(2.5f)),
                model -> -Math.abs(Objects.requireNonNull(model.get("w")).item_double() - 2));
        assertThat(soup.order()).containsExactly(1, 2);
        assertTensor(soup.weights().get("w")).isEqualTo(floats(new float[] {2}));
        assertThat(soup.accuracy()).isZero();
        assertThat(soup.accuracies()).containsExactly(-7.0, -0.5, -0.5);
    }

    /** However many models are tried, only the soup is left: not the trials that failed, nor the smaller soups before it. */
    @Test
    void ofAllTrialsOnlyTheSoupIsKept() {
        var tried = new ArrayList<Tensor>();
        GreedySoup soup = GreedySoup.of(List.of(model(2), model(2.3f), model(1.88f), model(9)), model -> {
            Tensor w = Objects.requireNonNull(model.get("w"));
            tried.add(Scope.own(w));
            return -Math.abs(w.item_double() - 2.1);
        });
        assertThat(soup.order()).containsExactly(0, 1, 2);
        assertTensor(soup.weights().get("w")).isCloseTo(floats(new float[] {2.06f}), 1e-6, 0);
        List<Tensor> trials = tried.subList(4, 7); // of two, of three, of four that failed
        assertThat(trials.stream().map(Tensor::use_count)).containsExactly(1L, 2L, 1L); // one is this test's own
        tried.forEach(Tensor::close);
    }

    @Test
    void wiseFtIsExactAtBothEnds() {
        Tensor w0 = floats(new float[] {0.1f, 3e8f});
        Tensor w1 = floats(new float[] {0.7f, 1});
        assertTensor(InMemory.merge(new WiseFtConfig(0), List.of(Map.of("w", w0), Map.of("w", w1)))
                        .get("w"))
                .isEqualTo(w0);
        assertTensor(InMemory.merge(new WiseFtConfig(1), List.of(Map.of("w", w0), Map.of("w", w1)))
                        .get("w"))
                .isEqualTo(w1);
        assertThatThrownBy(() -> new WiseFtConfig(1.5))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("wise_ft.alpha: 1.5");
    }

    @Test
    void equalFisherInformationIsPlainWiseFt() {
        Tensor w0 = floats(new float[] {1, 2});
        Tensor w1 = floats(new float[] {3, 5});
        Combiner wise = new WiseFtConfig(0.3).combiner(List.of("w"));
        Map<String, Tensor> f = Map.of("w", floats(new float[] {4, 4}));
        assertTensor(new FisherWeighted(0.3, f, f, 1e-8).combine("w", List.of(w0, w1)))
                .isCloseTo(wise.combine("w", List.of(w0, w1)), 1e-6, 0);
        Map<String, Tensor> none = Map.of("w", floats(new float[] {0, 0}));
        assertTensor(new FisherWeighted(0.3, none, f, 1e-8).combine("w", List.of(w0, w1)))
                .isCloseTo(w1, 1e-6, 0);
    }

    @Test
    void layersAreCountedFromTheNames() {
        var names = List.of("embed.weight", "layers.0.w", "layers.1.w", "layers.2.w", "head.weight");
        int layers = LayerName.count(names);
        assertThat(layers).isEqualTo(3);
        assertThat(names.stream().map(name -> new LinesConfig(0.1, null, null).share(name, layers)))
                .containsExactly(0.1, 0.1, 0.55, 1.0, 0.1);
        assertThat(new LinesConfig(0.1, 0.5, 6).share("layers.2.w", layers)).isEqualTo(0.1 + 0.5 * 2 / 5);
        assertThat(new LinesConfig(0.1, null, null).share("layers.0.w", 1)).isEqualTo(0.1);
        var few = new LinesConfig(0.1, null, 2).combiner(names);
        Tensor w = floats(new float[] {1});
        assertThatThrownBy(() -> few.combine("head.weight", List.of(w, w))).hasMessageContaining("lines.blocks: 2");
    }

    @Test
    void runningAveragesAreTheMeanAndTheFadingMean() {
        try (CheckpointAverage mean = CheckpointAverage.mean();
                CheckpointAverage fading = CheckpointAverage.exponential(0.5)) {
            for (float value : new float[] {1, 2, 6}) {
                mean.add(model(value));
                fading.add(model(value));
            }
            assertTensor(mean.weights().get("w")).isCloseTo(floats(new float[] {3}), 1e-6, 0);
            assertTensor(fading.weights().get("w")).isCloseTo(floats(new float[] {3.75f}), 1e-6, 0);
        }
    }
}
