package org.counterweight.guide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.EnumSet;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.guide.diffusers.GuiderFile;
import org.counterweight.guide.rule.AdaptiveProjected;
import org.counterweight.guide.rule.ClassifierFree;
import org.counterweight.guide.rule.MagnitudeAware;
import org.counterweight.guide.shape.Grid;
import org.counterweight.guide.shape.PlainShape;
import org.counterweight.guide.shape.PowerCosine;
import org.counterweight.guide.shape.Reversed;
import org.counterweight.guide.shape.Shape;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

/** Properties of schedules and guiders, sections 5 and 8 of the spec. */
class GuidanceTest {
    private static final EnumSet<PlainShape> MEAN_ONE =
            EnumSet.complementOf(EnumSet.of(PlainShape.WEBUI_V, PlainShape.WEBUI_A));

    private Scope scope;

    @BeforeEach
    void open() {
        scope = Scope.open();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private static double[] factors(Shape shape, Grid grid) {
        double[] factors = new double[grid.steps()];
        Arrays.setAll(factors, i -> shape.at(grid.point(i)));
        return factors;
    }

    private static GuidanceConfig config(ShapeName shape, double weight, Convention convention) {
        return GuidanceConfig.of(shape, weight, convention);
    }

    private static Tensor draw(int seed) {
        return torch.empty(3, 2, 4)
                .to(torch.ScalarType.Double)
                .normal_(0, 1, Tensors.optional(new Seed(seed).generator()));
    }

    private static Tensor deviations(Tensor rows) {
        Tensor flat = rows.flatten(1, -1);
        Tensor centred = flat.sub(Tensors.mean(flat, true, 1));
        return Tensors.times(Tensors.sum(centred.mul(centred), false, 1), 1.0 / (flat.size(1) - 1))
                .sqrt();
    }

    private static void same(Tensor found, Tensor wanted, double error) {
        assertThat(found.sub(wanted).abs().max().item_double()).isLessThanOrEqualTo(error);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 10})
    void theMeanOverTheMiddlesIsThatOverAllTimes(int steps) {
        for (PlainShape shape : MEAN_ONE) {
            boolean isBent = shape == PlainShape.VSHAPE || shape == PlainShape.LAMBDA;
            if (!isBent || steps % 2 == 0) {
                assertThat(Arrays.stream(factors(shape, Grid.mid(steps)))
                                .average()
                                .orElseThrow())
                        .as("%s, %d steps", shape, steps)
                        .isEqualTo(1, within(1e-12));
            }
        }
    }

    @Test
    void shapesThatMirrorEachOtherAddUpToTwo() {
        for (Grid grid : new Grid[] {Grid.left(9), Grid.right(4), Grid.inclusive(5)}) {
            for (int i = 0; i < grid.steps(); i++) {
                Grid.Point point = grid.point(i);
                assertThat(PlainShape.LINEAR.at(point) + PlainShape.INVLINEAR.at(point))
                        .isEqualTo(2, within(1e-15));
                assertThat(PlainShape.COSINE.at(point) + PlainShape.SINE.at(point))
                        .isEqualTo(2, within(1e-15));
                assertThat(PlainShape.VSHAPE.at(point) + PlainShape.LAMBDA.at(point))
                        .isEqualTo(2, within(1e-15));
                assertThat(new Reversed(PlainShape.COSINE).at(point))
                        .isEqualTo(PlainShape.SINE.at(point), within(1e-15));
            }
        }
    }

    @Test
    void theMeanOfThePowerCosineIsItsIntegral() {
        assertThat(new PowerCosine(1).mean()).isEqualTo(0.5, within(1e-15));
        for (double s : new double[] {0.1, 0.7, 2, 5, 40}) {
            int pieces = 200_000; // of v^s = x, where small powers are smooth too
            double sum = 0;
            for (int i = 0; i < pieces; i++) {
                double x = (i + 0.5) / pieces;
                double v = s < 1 ? Math.pow(x, 1 / s) : x;
                double slope = s < 1 ? Math.pow(x, 1 / s - 1) / s : 1;
                sum += slope * (1 - Math.cos(Math.PI * Math.pow(v, s))) / 2 / pieces;
            }
            assertThat(new PowerCosine(s).mean()).as("s %s", s).isEqualTo(sum, within(1e-8));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = ShapeName.class,
            names = {"STATIC", "LINEAR", "COSINE", "INVLINEAR", "SINE", "VSHAPE", "LAMBDA", "PCS"})
    void normalisedOverTheStepsTheMeanIsTheWeight(ShapeName shape) {
        var config = new GuidanceConfig(
                shape, -3.5, Convention.OMEGA, null, 0.3, null, null, Normalize.DISCRETE, false, 0, 1, null);
        for (Grid grid : new Grid[] {Grid.left(7), Grid.mid(3), Grid.timesteps(new long[] {901, 555, 12}, 1000)}) {
            assertThat(Arrays.stream(config.weights(grid)).average().orElseThrow())
                    .isEqualTo(-3.5, within(1e-12));
        }
    }

    @Test
    void aMeanOfZeroIsRefused() {
        var config = new GuidanceConfig(
                ShapeName.LINEAR, 2, Convention.OMEGA, null, 1, null, null, Normalize.DISCRETE, false, 0, 1, null);
        assertThatThrownBy(() -> config.weights(Grid.left(1)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("which is 0 over these steps");
    }

    @Test
    void aClampBelowChangesNothingAndOneAboveIsConstant() {
        double[] plain = config(ShapeName.COSINE, 4, Convention.OMEGA).weights(Grid.left(6));
        assertThat(clamped(-1).weights(Grid.left(6))).containsExactly(plain);
        assertThat(clamped(9).weights(Grid.left(6))).containsOnly(9);
    }

    private static GuidanceConfig clamped(double clamp) {
        return new GuidanceConfig(
                ShapeName.COSINE, 4, Convention.OMEGA, clamp, 1, null, null, Normalize.NONE, false, 0, 1, null);
    }

    @Test
    void outsideAnIntervalThereIsNoGuidanceInEitherConvention() {
        for (Convention convention : Convention.values()) {
            var config = new GuidanceConfig(
                    ShapeName.INTERVAL_INDEX, 5, convention, 3.0, 1, 1.0, 2.0, Normalize.NONE, false, 0, 1, null);
            double neutral = convention.neutral();
            assertThat(config.weights(Grid.left(4))).containsExactly(neutral, 5, 5, neutral);
            assertThat(GuidancePlan.of(config, Grid.left(4)).evaluations()).isEqualTo(6);
        }
    }

    @Test
    void levelsOfNoiseAreIncludedAtBothEnds() {
        var config = new GuidanceConfig(
                ShapeName.INTERVAL, 5, Convention.OMEGA, null, 1, 0.28, 5.42, Normalize.NONE, false, 0, 1, null);
        assertThat(config.weights(Grid.left(4).withLevels(5.43, 5.42, 0.28, 0.27)))
                .containsExactly(0, 5, 5, 0);
        assertThatThrownBy(() -> config.weights(Grid.left(4))).hasMessageContaining("needs a grid with levels");
    }

    @Test
    void theConventionsDifferByOne() {
        assertThat(Convention.OMEGA.to(Convention.SCALE, 6.5)).isEqualTo(7.5);
        assertThat(Convention.SCALE.to(Convention.OMEGA, Convention.OMEGA.to(Convention.SCALE, 0.3)))
                .isEqualTo(0.3, within(1e-15));
        Tensor cond = draw(1);
        Tensor uncond = draw(2);
        same(
                ClassifierFree.of(Convention.OMEGA).combine(cond, uncond, 2.5, 0),
                ClassifierFree.of(Convention.SCALE).combine(cond, uncond, 3.5, 0),
                1e-14);
    }

    @Test
    void rescalingBringsBackTheDeviationOfTheConditionalPrediction() {
        Tensor cond = draw(1);
        Tensor uncond = draw(2);
        Tensor whole = new ClassifierFree(Convention.OMEGA, 1).combine(cond, uncond, 4, 0);
        same(deviations(whole), deviations(cond), 1e-14);
        Tensor constant = torch.zeros_like(cond);
        assertThat(new ClassifierFree(Convention.SCALE, 1)
                        .combine(constant, constant, 4, 0)
                        .isfinite()
                        .all()
                        .item_bool())
                .isTrue();
    }

    @Test
    void withoutItsSettingsProjectedGuidanceIsOrdinary() {
        Tensor cond = draw(1);
        Tensor uncond = draw(2);
        try (var projected = new AdaptiveProjected(new AdaptiveProjected.Settings(null, 0, 1, 0), Convention.SCALE)) {
            same(
                    projected.combine(cond, uncond, 3, 0),
                    ClassifierFree.of(Convention.SCALE).combine(cond, uncond, 3, 0),
                    1e-13);
        }
    }

    @Test
    void projectedGuidanceBeginsAnewAtTheFirstStep() {
        Tensor cond = draw(1);
        Tensor uncond = draw(2);
        try (var projected =
                new AdaptiveProjected(new AdaptiveProjected.Settings(-0.5, 2.5, 0.25, 0), Convention.SCALE)) {
            projected.begin();
            Tensor first = projected.combine(cond, uncond, 3, 0).clone();
            Tensor second = projected.combine(cond, uncond, 3, 1);
            assertThat(second.sub(first).abs().max().item_double()).isPositive();
            projected.begin();
            same(projected.combine(cond, uncond, 3, 0), first, 0);
        }
    }

    @Test
    void aRowWithoutUnconditionalPredictionIsNotGuidedByMagnitude() {
        Tensor cond = draw(1);
        same(new MagnitudeAware(Convention.SCALE, 2, 0).combine(cond, torch.zeros_like(cond), 10, 0), cond, 0);
    }

    @Test
    void predictionsOfOtherShapesAreRefused() {
        assertThatThrownBy(() -> ClassifierFree.of(Convention.OMEGA).combine(draw(1), draw(1).flatten(), 2, 0))
                .hasMessageContaining("[3, 2, 4] and [24]");
    }

    @Test
    void predictionsThatAreNoNumbersAreRefused() {
        Tensor broken = draw(1);
        broken.view(-1).select(0, 3).fill_(Tensors.scalar(Double.NaN));
        assertThatThrownBy(() -> ClassifierFree.of(Convention.OMEGA).combine(draw(2), broken, 2, 0))
                .hasMessageContaining("the prediction without the condition holds NaN");
    }

    @Test
    void aWeightNearTheNeutralOneIsNoNeutralOne() {
        Tensor cond = draw(1);
        Tensor uncond = draw(2);
        Tensor wanted = Tensors.add(cond, cond.sub(uncond), 1e-7);
        same(ClassifierFree.of(Convention.OMEGA).combine(cond, uncond, 1e-7, 0), wanted, 0);
        same(ClassifierFree.of(Convention.SCALE).combine(cond, uncond, 1, 0), cond, 0);
    }

    @Test
    void autoguidanceIsTheOrdinaryRuleByAnotherModel() {
        var file = (ObjectNode) Configs.JSON.readTree("{\"_class_name\": \"AutoGuidance\", \"guidance_scale\": 3.0,"
                + " \"auto_guidance_layers\": [1], \"dropout\": 0.1}");
        GuiderFile read = GuiderFile.of(file, "guider_config.json");
        assertThat(read.json()).isEqualTo(GuiderFile.of(read.json(), "again").json());
        assertThat(read.json().get("dropout").asDouble()).isEqualTo(0.1);
        same(
                read.guider().combine(draw(1), draw(2), 3, 0),
                ClassifierFree.of(Convention.SCALE).combine(draw(1), draw(2), 3, 0),
                0);
    }

    @Test
    void halfPrecisionIsComputedInFull() {
        Tensor cond = draw(1).to(torch.ScalarType.BFloat16);
        Tensor uncond = draw(2).to(torch.ScalarType.BFloat16);
        Tensor wide = ClassifierFree.of(Convention.OMEGA)
                .combine(cond.to(torch.ScalarType.Float), uncond.to(torch.ScalarType.Float), 6.5, 0);
        Tensor found = ClassifierFree.of(Convention.OMEGA).combine(cond, uncond, 6.5, 0);
        assertThat(found.scalar_type().intern()).isEqualTo(torch.ScalarType.BFloat16);
        assertThat(found.equal(wide.to(torch.ScalarType.BFloat16))).isTrue();
    }

    @Test
    void wrongSettingsAreNamed() {
        assertThatThrownBy(() -> config(ShapeName.LINEAR, Double.NaN, Convention.OMEGA))
                .hasMessageContaining("guidance.weight");
        assertThatThrownBy(() -> config(ShapeName.INTERVAL, 2, Convention.OMEGA).weights(Grid.left(2)))
                .hasMessageContaining("guidance.lo: an interval needs it");
        assertThatThrownBy(() -> Grid.left(0)).hasMessageContaining("steps");
        assertThatThrownBy(() -> Grid.given(0.5, 1.1)).hasMessageContaining("the time of step 1");
        assertThat(Grid.given(1 + 1e-7).point(0).u()).isEqualTo(1);
    }
}
