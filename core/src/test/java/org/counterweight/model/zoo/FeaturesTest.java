package org.counterweight.model.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Output;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.Past;
import org.counterweight.model.Tap;
import org.counterweight.model.part.Head;
import org.counterweight.model.part.Pooling;
import org.counterweight.model.zoo.pair.Clip;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A model in two parts is the whole model: its head on features, and its later layers on what an earlier one gave. */
class FeaturesTest {
    static List<Named<Model>> zoo() {
        return Zoo.all();
    }

    static List<Named<Model>> classifiers() {
        return Zoo.all().stream()
                .filter(model -> Zoo.isClassifier(model.getPayload()))
                .toList();
    }

    /** Those whose head needs no more than features: CLIP's compares them with others. */
    static List<Named<Model>> headed() {
        return Zoo.all().stream()
                .filter(model -> !(model.getPayload() instanceof Clip))
                .toList();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("headed")
    void theHeadOfTheFeaturesIsTheModel(Model model) {
        try (var scope = Scope.open()) {
            Params params = Zoo.params(model, ScalarType.Float);
            Output whole = model.forward(params, Zoo.batch(model, ScalarType.Float), Pass.evaluation());
            Output head = model.head(params, whole.features(), Pass.evaluation());
            assertTensor(head.logits()).isEqualTo(whole.logits());
            assertTensor(head.features()).isEqualTo(whole.features());
            assertThat(whole.features().size(-1))
                    .as("width of what a head's weight takes")
                    .isEqualTo(model.modules().heads().stream()
                            .map(name -> model.shapes().get(name + ".weight"))
                            .filter(shape -> shape != null)
                            .findFirst()
                            .map(shape -> shape[1] * Zoo.tokensTold(model))
                            .orElse(whole.hidden().size(whole.hidden().dim() == 4 ? 1 : -1)));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("classifiers")
    void anotherNumberOfClassesChangesTheHeadAlone(Model model) {
        Model wider = model.withClasses(5);
        String scores = Architectures.scores(model);
        assertThat(wider.shapes().keySet()).isEqualTo(model.shapes().keySet());
        assertThat(wider.withClasses(Zoo.CLASSES)).isEqualTo(model);
        wider.shapes().forEach((name, shape) -> {
            long[] before = Objects.requireNonNull(model.shapes().get(name)).clone();
            if (name.startsWith(scores + ".")) {
                before[0] = 5;
            }
            assertThat(shape).as(name).isEqualTo(before);
        });
    }

    @Test
    void aModelWithoutClassesHasNoNumberOfThem() {
        assertThatThrownBy(() -> Zoo.bert(Head.LANGUAGE, Pooling.POOLER).withClasses(3))
                .hasMessageContaining("LANGUAGE");
        assertThatThrownBy(() -> Zoo.llama(Head.NONE, false).withClasses(3)).hasMessageContaining("no classes");
    }

    /** Notes what a model goes on with. */
    private record Noted(Map<String, Tensor> seen) implements Tap {
        @Override
        public Tensor apply(String point, Tensor in, Tensor out, Pass pass) {
            Tensor changed = out.add(in.sum());
            seen.put(point, Scope.own(changed.detach()));
            return changed;
        }

        @Override
        public Map<String, Tensor> trainables() {
            return Map.of();
        }

        @Override
        public Noted with(Map<String, Tensor> tensors) {
            return this;
        }
    }

    static List<Named<Model>> passedOnce() {
        return headed().stream()
                .filter(model -> !Zoo.passesLayersAgain(model.getPayload()))
                .toList();
    }

    @Test
    void aLayerThatIsPassedSeveralTimesIsNoneToGoOnFrom() {
        List<Named<Model>> again = Zoo.all().stream()
                .filter(model -> Zoo.passesLayersAgain(model.getPayload()))
                .toList();
        assertThat(again).isNotEmpty().allMatch(model -> model.getName().startsWith("Albert"));
        try (var scope = Scope.open()) {
            for (Named<Model> named : again) {
                Model model = named.getPayload();
                Pass later = Pass.evaluation().resuming(Zoo.layers(model).get(0), Tensors.zeros(1));
                Params params = Zoo.params(model, ScalarType.Float);
                assertThatThrownBy(() -> model.forward(params, Zoo.batch(model, ScalarType.Float), later))
                        .hasMessageContaining("1 layer(s) 2 times")
                        .hasMessageContaining("compute it whole");
            }
        }
    }

    @Test
    void twoTowersAreGoneOnWithOneByOne() {
        Model clip = Zoo.of("clip", "CLIPModel", "");
        try (var scope = Scope.open()) {
            Params params = Zoo.params(clip, ScalarType.Float);
            Pass later = Pass.evaluation().resuming(Zoo.layers(clip).get(0), Tensors.zeros(1));
            assertThatThrownBy(() -> clip.forward(params, Zoo.batch(clip, ScalarType.Float), later))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("two towers");
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("passedOnce")
    void goingOnFromALayerIsTheModel(Model model) {
        try (var scope = Scope.open()) {
            Params params = Zoo.params(model, ScalarType.Float);
            Batch batch = Zoo.batch(model, ScalarType.Float);
            List<String> layers = Zoo.layers(model);
            var seen = new LinkedHashMap<String, Tensor>();
            var taps = new LinkedHashMap<String, Tap>();
            layers.forEach(point -> taps.put(point, new Noted(seen)));
            Params tapped = params.tapped(taps);
            Tensor whole = model.forward(tapped, batch, Pass.evaluation()).logits();
            Map<String, Tensor> cached = Map.copyOf(seen);
            assertThat(cached.keySet()).containsExactlyInAnyOrderElementsOf(layers);
            for (String layer : layers) {
                forget(seen, cached);
                Pass later = Pass.evaluation().resuming(layer, Objects.requireNonNull(cached.get(layer)));
                assertTensor(model.forward(tapped, batch, later).logits())
                        .as(layer)
                        .isEqualTo(whole);
                assertThat(seen).as("layers up to it are not computed").doesNotContainKey(layer);
            }
            assertThatThrownBy(() ->
                            model.forward(params, batch, Pass.evaluation().resuming("no.layer", Tensors.zeros(1))))
                    .hasMessageContaining("no.layer")
                    .hasMessageContaining(layers.get(0));
            forget(seen, cached);
            cached.values().forEach(Tensor::close);
        }
    }

    private static void forget(Map<String, Tensor> seen, Map<String, Tensor> cached) {
        seen.values().stream().filter(tensor -> !cached.containsValue(tensor)).forEach(Tensor::close);
        seen.clear();
    }

    @Test
    void aPassAfterAPastSkipsNothing() {
        try (var past = new Past()) {
            assertThatThrownBy(() -> Pass.after(past).resuming("h.0", Tensors.zeros(1)))
                    .isInstanceOf(IllegalStateException.class);
        }
    }
}
