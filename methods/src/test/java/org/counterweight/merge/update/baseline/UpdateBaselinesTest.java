package org.counterweight.merge.update.baseline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.counterweight.engine.Tensors.doubles;
import static org.counterweight.engine.Tensors.floats;
import static org.counterweight.engine.Tensors.longs;
import static org.counterweight.engine.Tensors.softmax;
import static org.counterweight.engine.Tensors.times;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.assertj.core.data.Offset;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.merge.update.ClassifierHead;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class UpdateBaselinesTest {
    private final Scope scope = Scope.open();

    @AfterEach
    void close() {
        scope.close();
    }

    private static Tensor draw(long seed, long... shape) {
        return Tensors.zeros(shape).to(ScalarType.Double).normal_(0, 1, Tensors.optional(new Seed(seed).generator()));
    }

    private static Tensor get(Map<String, Tensor> model, String name) {
        return Objects.requireNonNull(model.get(name));
    }

    @Test
    void theTeachersOwnLogitsCostNothing() {
        Tensor logits = draw(1, 5, 3);
        Tensor labels = longs(new long[] {0, 1, 2, 0, 1});
        Tensor isOld = longs(new long[] {1, 0, 1, 0, 1});
        for (var variant : Distillation.Variant.values()) {
            Tensor losses = new Distillation(variant, 1, 2).perRow(logits, logits, labels, isOld);
            boolean labelled = variant == Distillation.Variant.OLD_ONLY;
            assertThat(losses.mean().item_double() > 1e-12).isEqualTo(labelled);
        }
    }

    @Test
    void oldAndNewInstancesAreAveragedApart() {
        Tensor student = draw(1, 5, 3);
        Tensor teacher = draw(2, 5, 3);
        Tensor labels = longs(new long[] {0, 1, 2, 0, 1});
        var all = new Distillation(Distillation.Variant.ALL, 1, 2);
        Tensor kl = all.perRow(student, teacher, labels, longs(new long[5]));
        double loss = new Distillation(Distillation.Variant.OLD_ONLY_A, 1, 2)
                .perRow(student, teacher, labels, longs(new long[] {1, 1, 1, 0, 0}))
                .mean()
                .item_double();
        double expected = Tensors.slice(kl, 0, 0, 3).mean().item_double()
                + Tensors.slice(kl, 0, 3, 5).mean().item_double();
        assertThat(loss).isCloseTo(expected, Offset.offset(1e-12));
        double onlyOld = new Distillation(Distillation.Variant.OLD_ONLY_A, 1, 2)
                .perRow(student, teacher, labels, longs(new long[] {1, 1, 1, 1, 1}))
                .mean()
                .item_double();
        assertThat(onlyOld).isCloseTo(kl.mean().item_double(), Offset.offset(1e-12));
    }

    @Test
    void theEnsembleOfOneModelIsThatModel() {
        Tensor logits = draw(1, 4, 3);
        Tensor probs = new ProbabilityEnsemble(0.3, List.of()).probabilities(logits, logits.unsqueeze(0));
        assertTensor(probs).isCloseTo(softmax(logits, 1), 1e-12, 0);
        assertThat(ProbabilityEnsemble.grid())
                .hasSize(400)
                .isSorted()
                .startsWith(0.0)
                .endsWith(1.0);
    }

    @Test
    void theSpringPullsBack() {
        Map<String, Tensor> old = Map.of("w", doubles(new double[] {1, 2}));
        Map<String, Tensor> weights = Map.of("w", doubles(new double[] {2, 4}));
        var l2 = new Ewc(0.5, old, Map.of());
        assertThat(l2.penalty(weights).item_double()).isEqualTo(0.5 * (1 + 4));
        l2.decay(weights, 0.2);
        assertTensor(get(weights, "w")).isCloseTo(doubles(new double[] {1.9, 3.8}), 1e-12, 0);
    }

    @Test
    void mixedWeightsHaveTheWeightAsTheirMean() {
        Tensor w = draw(1, 3, 4);
        Tensor old = draw(2, 3, 4);
        double p = 0.3;
        Tensor kept = Mixout.mix(w, old, torch.ones(4).to(ScalarType.Double), p, true);
        Tensor dropped = Mixout.mix(w, old, torch.zeros(4).to(ScalarType.Double), p, true);
        assertTensor(times(kept, 1 - p).add(times(dropped, p))).isCloseTo(w, 1e-12, 1e-12);
        assertTensor(dropped).isCloseTo(old, 1e-12, 1e-12);
    }

    @Test
    void bitFitMovesBiasesOnly() {
        Map<String, Tensor> some =
                BitFit.trainable(Map.of("a.weight", floats(new float[] {1}), "a.bias", floats(new float[] {2})));
        assertThat(get(some, "a.bias").requires_grad()).isTrue();
        assertThat(get(some, "a.weight").requires_grad()).isFalse();
    }

    @Test
    void aHeadGrowsStartsAfreshAndStandsStill() {
        var head = new ClassifierHead("head", List.of(2));
        Map<String, Tensor> old = Map.of("head.weight", draw(1, 2, 4), "head.bias", draw(2, 2));
        Map<String, Tensor> updated = Map.of("head.weight", draw(3, 3, 4), "head.bias", draw(4, 3));
        Map<String, Tensor> grown = head.grown(old, updated);
        assertThat(get(grown, "head.weight").size(0)).isEqualTo(3);
        assertTensor(Tensors.slice(get(grown, "head.weight"), 0, 0, 2)).isEqualTo(get(old, "head.weight"));
        assertTensor(get(grown, "head.weight").select(0, 2))
                .isEqualTo(get(updated, "head.weight").select(0, 2));

        Map<String, Tensor> moving =
                Map.of("head.weight", get(updated, "head.weight").clone(), "head.bias", draw(5, 3));
        head.restore(moving, grown);
        assertTensor(Tensors.slice(get(moving, "head.weight"), 0, 0, 2)).isEqualTo(get(old, "head.weight"));
        assertTensor(get(moving, "head.weight").select(0, 2))
                .isEqualTo(get(updated, "head.weight").select(0, 2));
        Map<String, Tensor> initial = Map.of("head.weight", draw(6, 3, 4), "head.bias", draw(7, 3));
        head.reset(moving, initial);
        assertTensor(get(moving, "head.bias").select(0, 2))
                .isEqualTo(get(initial, "head.bias").select(0, 2));

        assertThatThrownBy(() -> new ClassifierHead("head", List.of())).hasMessageContaining("new_label_ids is empty");
        assertThatThrownBy(() -> new ClassifierHead("head", List.of(7)).reset(moving, initial))
                .hasMessageContaining("new_label_ids: 7, but head has the classes 0 to 2");
    }
}
