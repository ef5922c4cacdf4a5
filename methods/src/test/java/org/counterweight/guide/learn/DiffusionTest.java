package org.counterweight.guide.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.guide.Convention;
import org.counterweight.guide.rule.ClassifierFree;
import org.counterweight.guide.sample.Guided;
import org.counterweight.guide.sample.Noise;
import org.counterweight.guide.sample.NoiseSchedule.Betas;
import org.counterweight.guide.sample.Trajectory;
import org.counterweight.model.Batch;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.zoo.denoise.DenoisingModel;
import org.counterweight.model.zoo.denoise.Dit;
import org.counterweight.model.zoo.denoise.UNet;
import org.counterweight.train.objective.Objective.Losses;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is learnt of noise, and how a trained network is asked. */
class DiffusionTest {
    private static final DenoisingModel UNET = new UNet(1, 4, List.of(1, 2), 1, 2, 0, 2);
    private static final DenoisingModel DIT = new Dit(1, 2, 8, 1, 2, 8, 2);
    private static final int STEPS = 5;

    private Scope scope;

    @BeforeEach
    void open() {
        scope = Scope.open();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private static Tensor normal(long seed, long... shape) {
        return Tensors.zeros(shape)
                .normal_(0, 1, Tensors.optional(new Seed(seed).generator()))
                .to(ScalarType.Double);
    }

    private static Params params(DenoisingModel model) {
        var weights = new LinkedHashMap<String, Tensor>();
        model.initialize(new Seed(1).generator())
                .forEach((name, tensor) -> weights.put(
                        name, tensor.to(ScalarType.Double).add(Tensors.times(normal(2, Tensors.shape(tensor)), 0.1))));
        return Params.of(weights);
    }

    private static DiffusionConfig config(PredictionType told, double drop) {
        return new DiffusionConfig(told, Betas.LINEAR, drop, 1);
    }

    private static double apart(Tensor a, Tensor b) {
        return a.sub(b).abs().max().item_double();
    }

    /** Rows of any scale, brought to the network's own, give back the noise and the data that they were made of. */
    @ParameterizedTest
    @EnumSource
    void whatIsToldLeadsBackToNoiseAndData(PredictionType told) {
        Tensor clean = normal(3, 4, 1, 2, 2);
        Tensor noise = normal(4, 4, 1, 2, 2);
        for (Noise level : List.of(
                Noise.preserving(0.3),
                Noise.preserving(0.999),
                Noise.exploding(0.01),
                Noise.exploding(60),
                Noise.straight(0.7),
                Noise.straight(0.01))) {
            double size = told.size(level);
            Noise own = new Noise(level.a() / size, level.b() / size);
            Tensor seen = Tensors.add(Tensors.times(clean, own.a()), noise, own.b());
            Tensor a = Tensors.doubles(new double[] {own.a()}, 1, 1, 1, 1);
            Tensor b = Tensors.doubles(new double[] {own.b()}, 1, 1, 1, 1);
            Tensor said = told.target(clean, noise, a, b);
            assertThat(apart(told.noise(seen, said, own), noise)).isLessThan(1e-12);
            assertThat(apart(told.clean(seen, said, own), clean)).isLessThan(1e-10);
            assertThat(told == PredictionType.FLOW ? own.a() + own.b() : Math.hypot(own.a(), own.b()))
                    .isCloseTo(1, within(1e-12));
            assertThat(PredictionType.angle(own)).isCloseTo(PredictionType.angle(level), within(1e-12));
        }
    }

    @Test
    void dataIsNotToldOfNoiseAloneByANetworkThatTellsNoise() {
        Tensor x = normal(1, 2, 1, 2, 2);
        assertThatThrownBy(() -> PredictionType.EPSILON.clean(x, x, Noise.straight(1)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("take the sampler ddim, ddpm, dpm or edm");
        assertThat(apart(PredictionType.V.clean(x, x, Noise.straight(1)), x.neg()))
                .isZero();
        assertThat(apart(PredictionType.FLOW.clean(x, normal(2, 2, 1, 2, 2), Noise.straight(0)), x))
                .isZero();
    }

    private static Batch images(long... labels) {
        long[] rows = new long[labels.length];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = i;
        }
        return new Batch(Map.of(
                Batch.PIXEL_VALUES,
                normal(6, labels.length, 1, 4, 4).sigmoid(),
                Batch.LABELS,
                Tensors.longs(labels),
                Batch.ROW,
                Tensors.longs(rows)));
    }

    @ParameterizedTest
    @EnumSource
    void anEvaluationIsTheSameEachTimeAndTrainingFollowsItsSeed(PredictionType told) {
        var objective = new DiffusionObjective(config(told, 0.1));
        Params params = params(UNET);
        Batch batch = images(0, 1, 1, 0);
        Tensor once = objective.losses(UNET, params, batch, Pass.evaluation()).perRow();
        Tensor again = objective.losses(UNET, params, batch, Pass.evaluation()).perRow();
        assertThat(apart(once, again)).isZero();
        Tensor one = training(objective, params, batch, 1);
        assertThat(apart(one, training(objective, params, batch, 1))).isZero();
        assertThat(apart(one, training(objective, params, batch, 2))).isPositive();
    }

    private static Tensor training(DiffusionObjective objective, Params params, Batch batch, long seed) {
        return objective
                .losses(UNET, params, batch, Pass.training(new Seed(seed).generator()))
                .perRow();
    }

    @Test
    void aDroppedLabelIsTheOneThatStandsForNone() {
        Params params = params(UNET);
        Tensor none = training(new DiffusionObjective(config(PredictionType.V, 0)), params, images(2, 2, 2, 2), 5);
        Tensor told = training(new DiffusionObjective(config(PredictionType.V, 0)), params, images(0, 1, 1, 0), 5);
        Tensor dropped = training(
                new DiffusionObjective(config(PredictionType.V, Math.nextDown(1.0))), params, images(0, 1, 1, 0), 5);
        assertThat(apart(dropped, none)).isZero();
        assertThat(none.sub(told).abs().min().item_double()).isPositive();
    }

    /** Of a network that tells nothing, the loss is the square of what it should have told. */
    @Test
    void theLossIsTheMeanSquareOfWhatIsWrong() {
        Params silent = Params.of(UNET.initialize(new Seed(1).generator()));
        Batch batch = images(0, 1);
        batch = batch.with(Batch.PIXEL_VALUES, batch.get(Batch.PIXEL_VALUES).to(ScalarType.Float));
        Losses losses = new DiffusionObjective(config(PredictionType.EPSILON, 0))
                .losses(UNET, silent, batch, Pass.evaluation());
        Tensor noise = Tensors.zeros(2, 1, 4, 4)
                .normal_(
                        0,
                        1,
                        Tensors.optional(new Seed(0)
                                .child("noise of evaluations")
                                .child(0)
                                .generator()));
        assertThat(apart(losses.perRow(), noise.square().flatten(1, -1).mean(1)))
                .isLessThan(1e-6);
        var levels = new LevelLosses();
        levels.add(losses, batch);
        double[] times = DiffusionObjective.times(batch);
        assertThat(levels.figures())
                .hasSize(2)
                .containsEntry(LevelLosses.figure((int) (10 * times[1])), Tensors.toDoubles(losses.perRow())[1]);
    }

    private static Guided guided(DenoisingModel model, Params params, PredictionType told, boolean together) {
        Tensor classes = Tensors.longs(new long[] {0, 1, 1});
        Tensor none = Tensors.longs(new long[] {2, 2, 2});
        return together
                ? TrainedDenoiser.guided(model, params, told, classes, ClassifierFree.of(Convention.SCALE))
                : new Guided(
                        new TrainedDenoiser(model, params, told, classes),
                        new TrainedDenoiser(model, params, told, none),
                        ClassifierFree.of(Convention.SCALE));
    }

    private static Trajectory drawn(SamplerName name, Guided model, double... weights) {
        long[] shape = {3, 1, 4, 4};
        Tensor noise = Tensors.times(normal(8, shape), name.first());
        return name.sampler(config(PredictionType.V, 0), DrawConfig.of(weights.length), new Seed(3), shape)
                .sample(model, noise, weights);
    }

    @ParameterizedTest
    @EnumSource
    void bothPredictionsOfOneBatchAreThoseOfTwo(SamplerName name) {
        for (DenoisingModel model : List.of(UNET, DIT)) {
            Params params = params(model);
            double[] weights = {3, 2, 1.5, 1, 0};
            Trajectory together = drawn(name, guided(model, params, PredictionType.V, true), weights);
            Trajectory apart = drawn(name, guided(model, params, PredictionType.V, false), weights);
            assertThat(apart(together.samples(), apart.samples())).isLessThan(1e-9);
            long stages = name == SamplerName.EDM ? 2 : 1;
            assertThat(together.evaluations())
                    .containsExactly(2 * stages, 2 * stages, 2 * stages, stages, 1L)
                    .isEqualTo(apart.evaluations());
        }
    }

    /** The users' list: neutral within 1e-6 is the conditional sample at the cost of one evaluation a step. */
    @ParameterizedTest
    @EnumSource
    void aNeutralWeightIsTheConditionalSample(SamplerName name) {
        Params params = params(UNET);
        Guided model = guided(UNET, params, PredictionType.V, true);
        Trajectory near = drawn(name, model, 1 + 9e-7, 1 - 9e-7, 1, 1, 1);
        Tensor classes = Tensors.longs(new long[] {0, 1, 1});
        var told = new TrainedDenoiser(UNET, params, PredictionType.V, classes);
        var alone = new Guided(told, told, ClassifierFree.of(Convention.SCALE));
        Trajectory conditional = drawn(name, alone, 1, 1, 1, 1, 1);
        assertThat(apart(near.samples(), conditional.samples())).isZero();
        assertThat(model.evaluations()).isEqualTo(name == SamplerName.EDM ? 2 * STEPS - 1 : STEPS);
    }

    /** Guidance at any steps alone: the others are the conditional model's own. */
    @Test
    void guidanceBeginsAndEndsAnywhere() {
        Params params = params(UNET);
        for (int from = 0; from < STEPS; from++) {
            double[] weights = {1, 1, 1, 1, 1};
            weights[from] = 4;
            Trajectory drawn = drawn(SamplerName.DDIM, guided(UNET, params, PredictionType.V, true), weights);
            for (int i = 0; i < STEPS; i++) {
                assertThat(drawn.evaluations().get(i)).isEqualTo(i == from ? 2 : 1);
            }
            Trajectory plain = drawn(SamplerName.DDIM, guided(UNET, params, PredictionType.V, true), 1, 1, 1, 1, 1);
            for (int i = 0; i < STEPS; i++) {
                double moved = apart(drawn.states().get(i), plain.states().get(i));
                assertThat(moved > 1e-9)
                        .as("step " + i + " of guidance at " + from)
                        .isEqualTo(i >= from);
            }
        }
    }
}
