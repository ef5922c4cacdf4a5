package org.counterweight.shift.abtest.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.counterweight.engine.Tensors.doubles;
import static org.counterweight.engine.Tensors.scalar;
import static org.counterweight.engine.Tensors.times;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.shift.abtest.ArmSums;
import org.counterweight.shift.abtest.ArmWeights;
import org.counterweight.shift.abtest.FiniteLaws;
import org.counterweight.shift.abtest.StudentT;
import org.counterweight.shift.abtest.TreatmentEffect;
import org.counterweight.shift.abtest.WeightModel;
import org.counterweight.train.optimize.Adam;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What weighted training of A/B tests must have. */
class AbTestTest {
    private Scope scope;

    @BeforeEach
    void open() {
        scope = Scope.open();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private static Tensor uniform(Seed seed, long... shape) {
        return torch.zeros(shape, Tensors.options(ScalarType.Double))
                .uniform_(0, 1, Tensors.optional(seed.generator()));
    }

    private static LoopWorld world() {
        return new LoopWorld(
                doubles(new double[] {0, 0, 0, 1, 1, 1}),
                doubles(new double[] {0, 0.3, 0.6, 0.9, 0, 0.5, 1, 1.4}, 2, 4),
                doubles(new double[] {1.5, 1, 0.5, 0.2, 1, 0.7, 0.4, 0.1}, 2, 4),
                -1);
    }

    private static LoopWorld.Draws draws(long period) {
        Seed seed = new Seed(77).child(period);
        return new LoopWorld.Draws(
                uniform(seed.child("x"), 20, 6, 4),
                uniform(seed.child("z"), 20),
                uniform(seed.child("f"), 20),
                uniform(seed.child("s"), 20).log().neg());
    }

    private static BehaviourModel start() {
        return new BehaviourModel(uniform(new Seed(1), 6), uniform(new Seed(2), 6));
    }

    private static LoopSettings settings(LoopMethod method, double alphaC, double alphaT, double p) {
        return new LoopSettings(
                method, alphaC, alphaT, p, 0.1, 2, ArmWeights.Rule.PLAIN, false, BehaviourModel.StayLoss.HALF_MSE);
    }

    private static LoopTrial run(LoopSettings settings, int periods, boolean mirrored) {
        boolean oracle = settings.method() == LoopMethod.ORACLE_WEIGHTS;
        LoopTrial test = new LoopTrial(
                world(),
                settings,
                start(),
                null,
                oracle ? x -> torch.full(new long[] {x.size(0)}, scalar(settings.p()), x.options()) : null);
        for (int t = 0; t < periods; t++) {
            LoopWorld.Draws draws = draws(t);
            test.step(
                    mirrored
                            ? new LoopWorld.Draws(
                                    draws.x(),
                                    torch.ones_like(draws.assign()).sub(draws.assign()),
                                    draws.finish(),
                                    draws.stay())
                            : draws);
        }
        return test;
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.2, 0.5, 0.7})
    void weightsMakeOfTheTestTheWorldsOfEachArm(double p) {
        Tensor treatment = Tensors.softmax(times(uniform(new Seed(3), 9), 4), 0);
        Tensor control = Tensors.softmax(times(uniform(new Seed(4), 9), 4), 0);
        FiniteLaws laws = FiniteLaws.of(treatment, control, p);
        assertTensor(laws.treatment()).isCloseTo(treatment, 1e-12, 0);
        assertTensor(laws.control()).isCloseTo(control, 1e-12, 0);
        assertThat(laws.treatmentMoment()).isBetween(1.0, 1 / p);
        assertTensor(times(laws.weights().treatment(), p)
                        .add(times(laws.weights().control(), 1 - p)))
                .isCloseTo(torch.ones_like(treatment), 1e-12, 0);
        Tensor apart = doubles(new double[] {1, 0});
        assertThat(FiniteLaws.of(apart, apart.flip(0), p).treatmentMoment()).isCloseTo(1 / p, within(1e-12));
        assertThat(FiniteLaws.of(apart, apart, p).treatmentMoment()).isCloseTo(1, within(1e-12));
    }

    @Test
    void equalWeightsArePooling() {
        try (LoopTrial pooled = run(settings(LoopMethod.POOLING, 10, 9, 0.4), 6, false);
                LoopTrial weighted = run(
                        new LoopSettings(
                                LoopMethod.ORACLE_WEIGHTS,
                                10,
                                9,
                                0.4,
                                0.1,
                                0,
                                ArmWeights.Rule.PLAIN,
                                false,
                                BehaviourModel.StayLoss.HALF_MSE),
                        6,
                        false)) {
            assertTensor(weighted.treatment().finish())
                    .isCloseTo(pooled.treatment().finish(), 1e-12, 0);
            assertTensor(weighted.control().stay()).isCloseTo(pooled.control().stay(), 1e-12, 0);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"POOLING", "SNAPSHOT", "SPLITTING"})
    void swappingTheArmsNegatesTheEstimate(LoopMethod method) {
        try (LoopTrial one = run(settings(method, 10, 8, 0.4), 5, false);
                LoopTrial other = run(settings(method, 8, 10, 0.6), 5, true)) {
            List<TreatmentEffect> plain = TreatmentEffect.of(one.treated(), one.controlled(), 0.95);
            List<TreatmentEffect> swapped = TreatmentEffect.of(other.treated(), other.controlled(), 0.95);
            for (int k = 0; k < 3; k++) {
                assertThat(swapped.get(k).estimate()).isCloseTo(-plain.get(k).estimate(), within(1e-12));
            }
            assertTensor(one.treatment().finish()).isCloseTo(other.control().finish(), 1e-12, 0);
        }
    }

    @Test
    void aSnapshotNeverLearns() {
        try (LoopTrial test = run(settings(LoopMethod.SNAPSHOT, 10, 9, 0.5), 4, false)) {
            assertTensor(test.treatment().finish()).isEqualTo(start().finish());
            assertTensor(test.control().stay()).isEqualTo(start().stay());
        }
    }

    @Test
    void aCertainWeightModelIsSplittingWithTheMeanOverAll() {
        BehaviourModel model = start();
        Tensor z = uniform(new Seed(5), 16).lt(scalar(0.5)).to(ScalarType.Double);
        var records = new BehaviourModel.Records(
                uniform(new Seed(6), 16, 6), uniform(new Seed(7), 16).round(), uniform(new Seed(8), 16));
        double p = 0.4;
        double treated = z.sum().item_double();
        Tensor certain = ArmWeights.of(z, p, ArmWeights.Rule.PLAIN).treatment();
        Tensor split = times(z, 16 / treated);
        BehaviourModel weighted = model.gradients(records, certain, BehaviourModel.StayLoss.MSE);
        BehaviourModel splitting = model.gradients(records, split, BehaviourModel.StayLoss.MSE);
        assertTensor(weighted.finish()).isCloseTo(times(splitting.finish(), treated / (16 * p)), 1e-12, 0);
        assertTensor(weighted.stay()).isCloseTo(times(splitting.stay(), treated / (16 * p)), 1e-12, 0);
    }

    @Test
    void sumsInTwoPartsGiveTheEstimateOfAll() {
        Tensor y = uniform(new Seed(9), 50, 2);
        ArmSums all = ArmSums.of(y);
        ArmSums parts = ArmSums.of(Tensors.slice(y, 0, 0, 17))
                .plus(ArmSums.none(2))
                .plus(ArmSums.of(Tensors.slice(y, 0, 17, 50)));
        assertThat(parts.means()[1]).isCloseTo(all.means()[1], within(1e-14));
        assertThat(parts.variance(0)).isCloseTo(all.variance(0), within(1e-13));
        assertThatThrownBy(() -> TreatmentEffect.of(all, ArmSums.of(Tensors.slice(y, 0, 0, 1)), 0.95))
                .hasMessageContaining("the control has 1 record; an effect and its error need at least two");
    }

    /** 1,000 tests of nothing: the share that rejects is that of the level. */
    @Test
    void testsOfNothingRejectAtTheirLevel() {
        int runs = 1000;
        int rejected = 0;
        for (int run = 0; run < runs; run++) {
            Tensor y = uniform(new Seed(100).child(run), 80, 1).square();
            TreatmentEffect effect = TreatmentEffect.of(
                            ArmSums.of(Tensors.slice(y, 0, 0, 30)), ArmSums.of(Tensors.slice(y, 0, 30, 80)), 0.95)
                    .get(0);
            boolean rejects = effect.pValue() < 0.05;
            assertThat(effect.low() > 0 || effect.high() < 0).isEqualTo(rejects);
            rejected += rejects ? 1 : 0;
        }
        assertThat((double) rejected / runs).isCloseTo(0.05, within(0.015));
    }

    @Test
    void studentsDistributionHasItsKnownQuantiles() {
        assertThat(StudentT.quantile(0.95, 10)).isCloseTo(2.2281388519649385, within(1e-10));
        assertThat(StudentT.quantile(0.99, 2.5)).isCloseTo(7.163728138948783, within(1e-10));
        assertThat(StudentT.twoSided(StudentT.quantile(0.9, 3.7), 3.7)).isCloseTo(0.1, within(1e-12));
        assertThat(StudentT.quantile(0.95, 1e7)).isCloseTo(1.959964, within(1e-5));
    }

    @Test
    void aNewWeightModelWeighsAllAlike() {
        Map<String, Tensor> start = WeightModel.start(4, List.of(8, 8), 0.3, false, ScalarType.Double, new Seed(1));
        try (var model = new WeightModel(start, new Adam(0.9, 0.999, 1e-8, false), 1e-2)) {
            Tensor x = uniform(new Seed(10), 64, 4);
            Tensor first = model.probabilities(x);
            assertTensor(first).isCloseTo(torch.full_like(first, scalar(0.3)), 1e-12, 0);
            Tensor z = x.select(1, 0).gt(scalar(0.5)).to(ScalarType.Double);
            var bits = new ArrayList<Double>();
            for (int i = 0; i < 150; i++) {
                bits.add(model.step(x, z, (name, gradient) -> {}));
            }
            assertThat(bits.get(149)).isLessThan(bits.get(0) / 2);
        }
    }

    @Test
    void weightsOfAnImpossibleShareAreRefused() {
        Tensor g = doubles(new double[] {0, 0.5, 1});
        assertThatThrownBy(() -> ArmWeights.of(g, 0, ArmWeights.Rule.PLAIN)).hasMessageContaining("p: 0.0");
        assertThatThrownBy(() -> new ArmWeights.Rule(false, new double[] {0.9, 0.1}))
                .hasMessageContaining("weight_clip");
        Tensor clipped = ArmWeights.of(g, 0.5, new ArmWeights.Rule(false, new double[] {0.1, 0.9}))
                .treatment();
        assertTensor(clipped).isCloseTo(doubles(new double[] {0.2, 1, 1.8}), 1e-12, 0);
        assertThat(ArmWeights.of(g, 0.5, ArmWeights.Rule.NORMALIZED)
                        .control()
                        .mean()
                        .item_double())
                .isCloseTo(1, within(1e-12));
    }
}
