package org.counterweight.model.zoo.denoise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.fresh.FreshDit;
import org.counterweight.model.fresh.FreshModel;
import org.counterweight.model.fresh.FreshUNet;
import org.counterweight.model.part.denoise.Conditioning;
import org.counterweight.model.zoo.Architectures;
import org.counterweight.model.zoo.Heads;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Networks that tell noise: what goes in and comes out, what they listen to, and their gradients. */
class DenoisersTest {
    private static final int CLASSES = 3;

    static List<Named<Model>> all() {
        return List.of(
                Named.of("unet of one level", new UNet(1, 4, List.of(1), 1, 2, 0, CLASSES)),
                Named.of("unet of three levels", new UNet(2, 2, List.of(1, 2, 3), 2, 3, 0, CLASSES)),
                Named.of("dit", new Dit(2, 2, 8, 2, 2, 12, CLASSES)),
                Named.of("dit of pixels", new Dit(1, 1, 4, 1, 1, 5, CLASSES)));
    }

    private static int channels(Model model) {
        return model instanceof UNet unet ? unet.channels() : ((Dit) model).channels();
    }

    private static Batch batch(Model model, long height, long width, ScalarType type, long... classes) {
        Generator random = new Seed(5).generator();
        long rows = classes.length;
        double[] levels = new double[classes.length];
        for (int i = 0; i < levels.length; i++) {
            levels[i] = (i + 0.5) / levels.length;
        }
        Tensor x = Tensors.zeros(rows, channels(model), height, width)
                .normal_(0, 1, Tensors.optional(random))
                .to(type);
        return Conditioning.batch(
                new Batch(Map.of(Batch.ROW, Tensors.longs(classes))),
                x,
                Tensors.doubles(levels),
                Tensors.longs(classes));
    }

    /** Weights none of which is zero: where a network begins, most gradients are. */
    private static Map<String, Tensor> weights(Model model) {
        Generator random = new Seed(3).generator();
        var weights = new LinkedHashMap<String, Tensor>();
        model.initialize(random)
                .forEach((name, tensor) -> weights.put(
                        name,
                        tensor.to(ScalarType.Double)
                                .add(Tensors.zeros(Tensors.shape(tensor)).normal_(0, 0.3, Tensors.optional(random)))));
        return weights;
    }

    @ParameterizedTest
    @MethodSource("all")
    void anImageBecomesAsLargeAnImage(Model model) {
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            for (long[] size : new long[][] {{8, 8}, {6, 10}, {4, 2}}) {
                Batch batch = batch(model, size[0], size[1], ScalarType.Double, 0, 2);
                Tensor told = model.forward(Params.of(weights(model)), batch, Pass.evaluation())
                        .logits();
                assertThat(Tensors.shape(told)).containsExactly(2, channels(model), size[0], size[1]);
                assertThat(told.isfinite().all().item_bool()).isTrue();
            }
        }
    }

    @Test
    void aUNetTakesImagesOfOddSizes() {
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            Model model = new UNet(1, 2, List.of(1, 2, 2), 1, 1, 0, CLASSES);
            Batch batch = batch(model, 7, 5, ScalarType.Double, 1);
            assertThat(Tensors.shape(model.forward(Params.of(weights(model)), batch, Pass.evaluation())
                            .logits()))
                    .containsExactly(1, 1, 7, 5);
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void itBeginsByTellingNothing(Model model) {
        try (var scope = Scope.open()) {
            Map<String, Tensor> fresh = model.initialize(new Seed(1).generator());
            assertThat(fresh.keySet()).containsExactlyElementsOf(model.shapes().keySet());
            fresh.forEach((name, tensor) -> assertThat(Tensors.shape(tensor))
                    .as(name)
                    .isEqualTo(model.shapes().get(name)));
            Tensor told = model.forward(Params.of(fresh), batch(model, 4, 4, ScalarType.Float, 0, 1), Pass.evaluation())
                    .logits();
            assertThat(told.abs().max().item_double()).isZero();
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void everyRowIsToldByItself(Model model) {
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            Params params = Params.of(weights(model));
            Batch batch = batch(model, 4, 4, ScalarType.Double, 0, 1, 2, CLASSES);
            Tensor order = Tensors.longs(new long[] {3, 1, 0});
            Tensor all = model.forward(params, batch, Pass.evaluation()).logits();
            Tensor some =
                    model.forward(params, batch.rows(order), Pass.evaluation()).logits();
            assertThat(all.index_select(0, order).sub(some).abs().max().item_double())
                    .isLessThan(1e-12);
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void itListensToLevelAndClassAndToNone(Model model) {
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            Params params = Params.of(weights(model));
            Batch batch = batch(model, 4, 4, ScalarType.Double, 0, 0);
            Tensor plain = model.forward(params, batch, Pass.evaluation()).logits();
            Tensor untold = model.forward(
                            params,
                            batch.with(Conditioning.CLASSES, Tensors.longs(new long[] {CLASSES, CLASSES})),
                            Pass.evaluation())
                    .logits();
            Tensor noisier = model.forward(
                            params,
                            batch.with(Conditioning.LEVELS, Tensors.doubles(new double[] {0.9, 0.9})),
                            Pass.evaluation())
                    .logits();
            assertThat(plain.sub(untold).abs().min().item_double()).isPositive();
            assertThat(plain.sub(noisier).abs().max().item_double()).isGreaterThan(1e-3);
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void gradientsAgreeWithDifferences(Model model) {
        double h = 1e-6;
        try (var scope = Scope.open()) {
            Map<String, Tensor> weights = weights(model);
            weights.values().forEach(tensor -> tensor.requires_grad_(true));
            Batch batch = batch(model, 8, 8, ScalarType.Double, 1, CLASSES);
            Tensor[] leaves = weights.values().toArray(Tensor[]::new);
            Tensor[] gradients = Tensors.gradients(loss(model, weights, batch), false, leaves);
            int i = 0;
            for (String name : weights.keySet()) {
                Tensor direction = Tensors.zeros(Tensors.shape(leaves[i]))
                        .normal_(0, 1, Tensors.optional(new Seed(i).generator()))
                        .to(ScalarType.Double);
                double expected =
                        (at(model, weights, batch, name, direction, h) - at(model, weights, batch, name, direction, -h))
                                / (2 * h);
                double found = gradients[i].mul(direction).sum().item_double();
                assertThat(found).as(name).isCloseTo(expected, within(1e-6 * (1 + Math.abs(expected))));
                boolean isLostInSoftmax = name.endsWith("to_k.bias"); // the same for all keys of a query
                assertThat(isLostInSoftmax || Math.abs(found) > 1e-9)
                        .as(name + " matters")
                        .isTrue();
                i++;
            }
        }
    }

    private static double at(
            Model model, Map<String, Tensor> weights, Batch batch, String name, Tensor direction, double by) {
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            var moved = new LinkedHashMap<>(weights);
            moved.computeIfPresent(name, (key, tensor) -> Tensors.add(tensor, direction, by));
            return loss(model, moved, batch).item_double();
        }
    }

    private static Tensor loss(Model model, Map<String, Tensor> weights, Batch batch) {
        return model.forward(Params.of(weights), batch, Pass.evaluation())
                .logits()
                .square()
                .mean();
    }

    @Test
    void aRecipesSizesBecomeAConfigAndAModel() {
        List<String> labels = List.of("a", "b", "c");
        for (FreshModel fresh : List.of(new FreshUNet(4, List.of(1, 2), 1, 2, 0.1), new FreshDit(2, 8, 2, 2, 3))) {
            Model model = Architectures.of(Heads.ofNoise(fresh.config(List.of(3, 8, 8)), "ImageGeneration", labels));
            assertThat(model)
                    .isEqualTo(
                            fresh instanceof FreshUNet
                                    ? new UNet(3, 4, List.of(1, 2), 1, 2, 0.1, 3)
                                    : new Dit(3, 2, 8, 2, 2, 24, 3));
        }
    }

    @Test
    void sizesThatDoNotFitAreRefused() {
        assertThatThrownBy(() -> new FreshDit(3, 8, 1, 2, 4).config(List.of(1, 8, 8)))
                .isInstanceOf(ConfigException.class)
                .hasMessage(
                        "model.architecture.patch: 3 is not allowed; expected a divisor of height and width of the images,"
                                + " 8 x 8");
        assertThatThrownBy(() -> new FreshUNet(8, List.of(1, 1, 1, 1, 1), 1, 1, 0).config(List.of(1, 8, 8)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("fewer levels: each halves images of 8 x 8");
        assertThatThrownBy(() -> new FreshUNet(8, List.of(1, 1), 1, 3, 0))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("expected a divisor of the 8 channels of the lowest level");
    }
}
