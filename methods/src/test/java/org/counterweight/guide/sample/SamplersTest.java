package org.counterweight.guide.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.guide.Convention;
import org.counterweight.guide.rule.AdaptiveProjected;
import org.counterweight.guide.rule.ClassifierFree;
import org.counterweight.guide.rule.Guider;
import org.counterweight.guide.rule.MagnitudeAware;
import org.counterweight.guide.rule.ZeroStar;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds of every sampler, whatever its steps are. */
class SamplersTest {
    private static final int STEPS = 6;
    private static final List<Kind> FIRST_ORDER = List.of(Kind.DDIM, Kind.EDM, Kind.FLOW);

    private Scope scope;

    @BeforeEach
    void open() {
        scope = Scope.open();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    /** A sampler by name: made in the test's own scope. */
    enum Kind {
        DDIM,
        DDPM,
        DPM_SOLVER,
        EDM,
        FLOW;

        Sampler create() {
            NoiseSchedule noise = NoiseSchedule.of(NoiseSchedule.Betas.LINEAR, 60, 1e-3, 0.1, 1);
            long[] timesteps = {50, 40, 30, 20, 10, 0};
            return switch (this) {
                case DDIM -> new Ddim(noise, timesteps);
                case DDPM -> new Ddpm(noise, timesteps, draw(9, STEPS, 5, 2));
                case DPM_SOLVER -> new DpmSolver(noise, timesteps);
                case EDM -> EdmHeun.of(STEPS, 0.02, 20, 7);
                case FLOW -> new FlowEuler(1, 0.8, 0.6, 0.4, 0.2, 0.1, 0);
            };
        }
    }

    private static Stream<Kind> kinds() {
        return Stream.of(Kind.values());
    }

    private static Tensor draw(int seed, long... shape) {
        return torch.empty(shape).to(ScalarType.Double).normal_(0, 1, Tensors.optional(new Seed(seed).generator()));
    }

    /** One Gaussian of the same variance a label, which guidance moves and never bends. */
    private static GaussianMixture pair(double... shift) {
        Tensor means = Tensors.doubles(new double[] {0.5, -1, 0.5 + shift[0], -1 + shift[1]}, 2, 2);
        return new GaussianMixture(
                Tensors.doubles(new double[] {1, 1}, 2),
                means,
                Tensors.doubles(new double[] {0.3, 0.6, 0.3, 0.6}, 2, 2),
                Tensors.longs(new long[] {0, 1}, 2));
    }

    private static double[] weights(double weight) {
        double[] weights = new double[STEPS];
        Arrays.fill(weights, weight);
        return weights;
    }

    private static void same(Tensor found, Tensor wanted, double error) {
        assertThat(found.sub(wanted).abs().max().item_double()).isLessThanOrEqualTo(error);
    }

    /** Section 5.9: static guidance of equal Gaussians is the Gaussian of the extrapolated mean, at every step. */
    @ParameterizedTest
    @MethodSource("kinds")
    void guidanceOfEqualGaussiansMovesTheirMean(Kind kind) {
        double w = 1.7;
        GaussianMixture both = pair(0.8, 0.4);
        GaussianMixture conditional = both.conditional(0);
        GaussianMixture other = both.conditional(1);
        GaussianMixture moved = pair(-w * 0.8, -w * 0.4).conditional(1); // m_c + w (m_c - m_u)
        Tensor noise = draw(3, 5, 2);
        Tensor guided = kind.create()
                .sample(new Guided(conditional, other, ClassifierFree.of(Convention.OMEGA)), noise, weights(w))
                .samples();
        Tensor exact = kind.create()
                .sample(new Guided(moved, moved, ClassifierFree.of(Convention.OMEGA)), noise, weights(0))
                .samples();
        same(guided, exact, 1e-9);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void theConventionsSampleAlike(Kind kind) {
        GaussianMixture both = pair(2, -1);
        Tensor noise = draw(4, 5, 2);
        Tensor omega = kind.create()
                .sample(new Guided(both.conditional(0), both, ClassifierFree.of(Convention.OMEGA)), noise, weights(2))
                .samples();
        Tensor scale = kind.create()
                .sample(new Guided(both.conditional(0), both, ClassifierFree.of(Convention.SCALE)), noise, weights(3))
                .samples();
        same(omega, scale, 1e-9);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void theNeutralWeightIsTheConditionalModelAndAsksItAlone(Kind kind) {
        GaussianMixture both = pair(2, -1);
        Denoiser never = (x, level) -> {
            throw new AssertionError("the unconditional model was asked");
        };
        Tensor noise = draw(4, 5, 2);
        Trajectory neutral = kind.create()
                .sample(
                        new Guided(both.conditional(0), never, ClassifierFree.of(Convention.SCALE)),
                        noise,
                        weights(1 + 1e-7));
        GaussianMixture own = both.conditional(0);
        Trajectory conditional =
                kind.create().sample(new Guided(own, own, ClassifierFree.of(Convention.OMEGA)), noise, weights(0));
        same(neutral.samples(), conditional.samples(), 0);
        assertThat(neutral.evaluations()).containsExactlyElementsOf(conditional.evaluations());
        assertThat(neutral.evaluations().get(STEPS - 1)).isEqualTo(1);
    }

    @Test
    void aRuleThatNeedsBothPredictionsGetsThem() {
        GaussianMixture both = pair(2, -1);
        Tensor noise = draw(4, 5, 2);
        for (Guider rule : List.of(
                new ClassifierFree(Convention.SCALE, 0.7),
                new ZeroStar(Convention.SCALE, 0, 0), // at a weight of 0
                new MagnitudeAware(Convention.SCALE, 2, 0))) {
            var model = new Guided(both.conditional(0), both, rule);
            Noise level = Noise.preserving(0.5);
            Tensor wanted = rule.combine(both.conditional(0).noise(noise, level), both.noise(noise, level), 0, 0);
            same(model.noise(noise, level, 0, 0), wanted, 0);
            assertThat(model.evaluations()).isEqualTo(2);
        }
        var silent = new Guided(both.conditional(0), both, new ZeroStar(Convention.SCALE, 1, 0));
        same(silent.noise(noise, Noise.preserving(0.5), 1, 0), torch.zeros_like(noise), 0);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void theOrderOfRowsIsKept(Kind kind) {
        if (kind == Kind.DDPM) {
            return; // its noise is given by rows
        }
        GaussianMixture both = pair(2, -1);
        Tensor noise = draw(4, 5, 2);
        Tensor order = Tensors.longs(new long[] {4, 2, 0, 1, 3}, 5);
        Guided guided = new Guided(both.conditional(0), both, ClassifierFree.of(Convention.OMEGA));
        Tensor straight = kind.create().sample(guided, noise, weights(2)).samples();
        Tensor turned = kind.create()
                .sample(guided, noise.index_select(0, order), weights(2))
                .samples();
        same(turned, straight.index_select(0, order), 1e-12);
    }

    private static CfgPlusPlus plusPlus(Kind kind) {
        NoiseSchedule noise = NoiseSchedule.of(NoiseSchedule.Betas.LINEAR, 60, 1e-3, 0.1, 1);
        return switch (kind) {
            case DDIM -> CfgPlusPlus.preserving(noise, 50, 40, 30, 20, 10, 0);
            case EDM -> CfgPlusPlus.exploding(EdmHeun.levels(STEPS, 0.02, 20, 7));
            case FLOW -> CfgPlusPlus.straight(1, 0.8, 0.6, 0.4, 0.2, 0.1, 0);
            default -> throw new AssertionError(kind);
        };
    }

    /** Both predictions of a step come from one question, and a weight of 0 needs one of them. */
    @Test
    void plusPlusCostsNoMoreThanOrdinaryGuidance() {
        GaussianMixture both = pair(2, -1);
        for (Kind kind : FIRST_ORDER) {
            var model = new Guided(both.conditional(0), both, ClassifierFree.of(Convention.SCALE));
            Trajectory drawn = plusPlus(kind).sample(model, draw(4, 5, 2), 0.6, 0.6, 0, 1, 0.6, 0.6);
            assertThat(drawn.evaluations()).containsExactly(2L, 2L, 1L, 2L, 2L, 2L);
        }
    }

    /** At a weight of 0 it is the unconditional model, of which no step differs from the ordinary sampler's. */
    @Test
    void plusPlusWithoutWeightIsTheUnconditionalModel() {
        GaussianMixture both = pair(2, -1);
        Tensor noise = draw(4, 5, 2);
        for (Kind kind : List.of(Kind.DDIM, Kind.FLOW)) {
            Guided model = new Guided(both.conditional(0), both, ClassifierFree.of(Convention.SCALE));
            Tensor found = plusPlus(kind).sample(model, noise, weights(0)).samples();
            Guided alone = new Guided(both, both, ClassifierFree.of(Convention.SCALE));
            same(found, kind.create().sample(alone, noise, weights(1)).samples(), 1e-9);
        }
    }

    /** The Euler form of the paper's samplers: D + sigma' (x - D_u) / sigma. */
    @Test
    void plusPlusOverExplodingNoiseIsEulersForm() {
        GaussianMixture both = pair(2, -1);
        double[] sigmas = EdmHeun.levels(STEPS, 0.02, 20, 7);
        Tensor x = Tensors.times(draw(4, 5, 2), sigmas[0]);
        Tensor found = plusPlus(Kind.EDM)
                .sample(new Guided(both.conditional(0), both, ClassifierFree.of(Convention.SCALE)), x, weights(0.7))
                .samples();
        for (int i = 0; i < STEPS; i++) {
            double next = i + 1 < STEPS ? sigmas[i + 1] : 0;
            Tensor uncond = both.clean(x, Noise.exploding(sigmas[i]));
            Tensor cond = both.conditional(0).clean(x, Noise.exploding(sigmas[i]));
            Tensor clean = Tensors.add(uncond, cond.sub(uncond), 0.7);
            x = Tensors.add(clean, x.sub(uncond), next / sigmas[i]);
        }
        same(found, x, 1e-9);
    }

    /** Projected guidance is of clean rows: without its settings any sampler gives the ordinary result. */
    @ParameterizedTest
    @MethodSource("kinds")
    void projectedGuidanceIsOfCleanRowsInEverySampler(Kind kind) {
        GaussianMixture both = pair(2, -1);
        Tensor noise = draw(4, 5, 2);
        Tensor plain = kind.create()
                .sample(new Guided(both.conditional(0), both, ClassifierFree.of(Convention.SCALE)), noise, weights(3))
                .samples();
        try (var rule = new AdaptiveProjected(new AdaptiveProjected.Settings(null, 0, 1, 0), Convention.SCALE);
                var asked = new AdaptiveProjected(new AdaptiveProjected.Settings(-0.5, 1, 0, 0), Convention.SCALE)) {
            var guided = new Guided(both.conditional(0), both, rule);
            same(kind.create().sample(guided, noise, weights(3)).samples(), plain, 1e-9);
            var projected = new Guided(both.conditional(0), both, asked);
            Tensor first = kind.create().sample(projected, noise, weights(3)).samples();
            same(kind.create().sample(projected, noise, weights(3)).samples(), first, 0); // begins anew
            assertThat(first.sub(plain).abs().max().item_double()).isGreaterThan(1e-3);
        }
    }

    @Test
    void theCorrectorMayHaveTheWeightOfItsOwnTime() {
        GaussianMixture both = pair(2, -1);
        Tensor noise = Tensors.times(draw(4, 5, 2), 20);
        double[] sigmas = EdmHeun.levels(STEPS, 0.02, 20, 7);
        var guided = new Guided(both.conditional(0), both, ClassifierFree.of(Convention.SCALE));
        double[] falling = {1, 1, 5, 1, 1, 1};
        Trajectory step = new EdmHeun(sigmas).sample(guided, noise, falling);
        Trajectory own = new EdmHeun(sigmas, EdmHeun.Corrector.OWN_TIME).sample(guided, noise, falling);
        assertThat(step.evaluations()).containsExactly(2L, 2L, 4L, 2L, 2L, 1L);
        assertThat(own.evaluations()).containsExactly(2L, 3L, 3L, 2L, 2L, 1L);
        same(
                new EdmHeun(sigmas, EdmHeun.Corrector.OWN_TIME)
                        .sample(guided, noise, weights(3))
                        .samples(),
                new EdmHeun(sigmas).sample(guided, noise, weights(3)).samples(),
                0);
    }

    /** The more steps, the nearer second order comes to the flow's end: the exact Gaussian's map is known. */
    @Test
    void theMultistepSolverIsOfSecondOrder() {
        GaussianMixture both = pair(0, 0);
        Tensor noise = draw(5, 4, 2);
        double coarse = errorOf(both.conditional(0), noise, 10);
        double fine = errorOf(both.conditional(0), noise, 20);
        assertThat(coarse / fine).isGreaterThan(3);
    }

    private static double errorOf(GaussianMixture one, Tensor noise, int steps) {
        NoiseSchedule schedule = NoiseSchedule.of(NoiseSchedule.Betas.LINEAR, 2001, 1e-5, 5e-3, 1);
        long[] timesteps = new long[steps];
        // even in log noise, as the solver's order is of it; down to a level whose rest the last step takes exactly
        double from = Math.log(Noise.preserving(schedule.abar(2000)).sigma());
        double to = Math.log(Noise.preserving(schedule.abar(100)).sigma());
        for (int i = 0; i < steps; i++) {
            double wanted = from + (to - from) * i / (steps - 1);
            long t = 2000;
            while (t > 100 && Math.log(Noise.preserving(schedule.abar(t)).sigma()) > wanted) {
                t--;
            }
            timesteps[i] = t;
        }
        var solver = new DpmSolver(schedule, timesteps);
        Guided guided = new Guided(one, one, ClassifierFree.of(Convention.OMEGA));
        double[] weights = new double[steps];
        Trajectory trajectory = solver.sample(guided, noise, weights);
        Tensor reached = trajectory.states().get(steps - 2); // at the last level of noise
        Noise first = Noise.preserving(schedule.abar(timesteps[0]));
        Noise last = Noise.preserving(schedule.abar(timesteps[steps - 1]));
        // the probability flow of a Gaussian scales about its mean by the ratio of deviations
        Tensor exact = Tensors.times(one.means(), last.a())
                .add(noise.sub(Tensors.times(one.means(), first.a()))
                        .mul(deviation(one, last).div(deviation(one, first))));
        return reached.sub(exact).abs().max().item_double();
    }

    private static Tensor deviation(GaussianMixture one, Noise level) {
        return Tensors.plus(Tensors.times(one.variances(), level.a() * level.a()), level.b() * level.b())
                .sqrt();
    }

    @Test
    void aListOfOtherLengthIsRefused() {
        GaussianMixture both = pair(0, 0);
        assertThatThrownBy(() -> Kind.DDIM
                        .create()
                        .sample(new Guided(both, both, ClassifierFree.of(Convention.OMEGA)), draw(1, 2, 2), 1, 2))
                .hasMessageContaining("there are 2 guidance weights for 6 steps");
    }
}
