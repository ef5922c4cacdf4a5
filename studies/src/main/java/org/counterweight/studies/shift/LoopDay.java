package org.counterweight.studies.shift;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.shift.abtest.ArmWeights;
import org.counterweight.shift.abtest.WeightModel;
import org.counterweight.shift.abtest.loop.BehaviourModel;
import org.counterweight.shift.abtest.loop.LoopMethod;
import org.counterweight.shift.abtest.loop.LoopSettings;
import org.counterweight.shift.abtest.loop.LoopTrial;
import org.counterweight.shift.abtest.loop.LoopWorld;
import org.counterweight.train.optimize.Adam;
import org.jspecify.annotations.Nullable;

/**
 * The platform of section 5 of N. Si's paper: 128 users a period, each shown one of 100 videos, of which the last 50 are short,
 * by a model that learns from what is shown. What chance brings follows from seed and period alone, so that all methods meet the
 * same users.
 */
final class LoopDay {
    private static final int USERS = 128;
    private static final int VIDEOS = 100;
    private static final int FEATURES = 10;
    private static final double LR = 0.1;
    private static final int WARMUP = 200;

    private final LoopWorld world = world();
    private final Seed seed;
    private final BehaviourModel start;

    /**
     * @param random periods of random recommendations, from which the model of the start has learnt
     */
    LoopDay(Seed seed, int random) {
        this.seed = seed;
        this.start = learntAtRandom(random);
    }

    private static LoopWorld world() {
        double[] isShort = IntStream.range(0, VIDEOS)
                .mapToDouble(i -> i < VIDEOS / 2 ? 0 : 1)
                .toArray();
        double[] finish = new double[2 * FEATURES];
        double[] stay = new double[2 * FEATURES];
        for (int k = 0; k < FEATURES; k++) {
            finish[k] = 0.6 * 0.1 * k;
            finish[FEATURES + k] = 0.9 * 0.1 * k;
            stay[k] = 1.5 * (1 - 0.1 * k);
            stay[FEATURES + k] = 1 - 0.1 * k;
        }
        return new LoopWorld(
                narrow(Tensors.doubles(isShort)),
                narrow(Tensors.doubles(finish, 2, FEATURES)),
                narrow(Tensors.doubles(stay, 2, FEATURES)),
                -2.5);
    }

    private static Tensor narrow(Tensor tensor) {
        return tensor.to(ScalarType.Float);
    }

    private static Tensor uniform(Seed seed, long... shape) {
        return torch.zeros(shape, Tensors.options(ScalarType.Float)).uniform_(0, 1, Tensors.optional(seed.generator()));
    }

    private LoopWorld.Draws draws(String part, int period) {
        Seed own = seed.child(part).child(period);
        return new LoopWorld.Draws(
                uniform(own.child("x"), USERS, VIDEOS, FEATURES),
                uniform(own.child("arm"), USERS),
                uniform(own.child("finish"), USERS),
                Tensors.times(uniform(own.child("stay"), USERS), -1).log1p().neg());
    }

    /** The model in production: it has learnt from videos shown at random. */
    private BehaviourModel learntAtRandom(int periods) {
        Tensor zero = torch.zeros(new long[] {FEATURES + 2}, Tensors.options(ScalarType.Float));
        var model = new BehaviourModel(zero, zero.clone());
        var settings = settings(LoopMethod.POOLING, 10, 10);
        for (int t = 0; t < periods; t++) {
            try (var scope = Scope.open()) {
                LoopWorld.Draws draws = draws("before", t);
                Tensor index = Tensors.times(uniform(seed.child("shown").child(t), USERS), VIDEOS)
                        .floor()
                        .to(ScalarType.Long);
                BehaviourModel.Records records = world.shown(draws, index).records();
                BehaviourModel next =
                        model.step(model.gradients(records, torch.ones_like(records.stay()), settings.stayLoss()), LR);
                model.finish().copy_(next.finish());
                model.stay().copy_(next.stay());
            }
        }
        return model;
    }

    private static LoopSettings settings(LoopMethod method, double alphaControl, double alphaTreatment) {
        return new LoopSettings(
                method,
                alphaControl,
                alphaTreatment,
                0.5,
                LR,
                WARMUP,
                ArmWeights.Rule.PLAIN,
                false,
                BehaviourModel.StayLoss.HALF_MSE);
    }

    /**
     * What came of a test.
     *
     * @param treatment means of finish, stay and short under the treatment; of the control where it is the only arm
     * @param control likewise
     * @param bits cross-entropy of the weight model over the last tenth of the periods; NaN without one
     */
    record Came(double[] treatment, double[] control, double bits) {
        /** Treatment less control of one metric. */
        double effect(int metric) {
            return treatment[metric] - control[metric];
        }
    }

    /** A test: how its arms learn, and α of the treatment; that of the control is 10. */
    record Design(LoopMethod method, double alphaTreatment) {}

    /**
     * Runs tests of this many periods side by side: what chance brings is most of a period's work, and the same for all of them.
     *
     * @return the result of each, in their order
     */
    Map<Design, Came> run(List<Design> designs, int periods) {
        List<Test> tests = new ArrayList<>();
        try {
            designs.forEach(design -> tests.add(new Test(design)));
            for (int t = 0; t < periods; t++) {
                try (var scope = Scope.open()) {
                    LoopWorld.Draws draws = draws("users", t);
                    for (Test test : tests) {
                        test.step(draws, t >= periods - periods / 10);
                    }
                }
            }
            Map<Design, Came> came = new LinkedHashMap<>();
            tests.forEach(test -> came.put(test.design, test.came()));
            return came;
        } finally {
            tests.forEach(Test::close);
        }
    }

    /** A test under way. */
    private final class Test implements AutoCloseable {
        private final Design design;
        private final @Nullable WeightModel weights;
        private final LoopTrial trial;
        private double bits;
        private int judged;

        Test(Design design) {
            this.design = design;
            this.weights = design.method == LoopMethod.WEIGHTED ? weightModel() : null;
            this.trial = new LoopTrial(world, settings(design.method, 10, design.alphaTreatment), start, weights, null);
        }

        void step(LoopWorld.Draws draws, boolean judges) {
            try (var scope = Scope.open()) {
                LoopTrial.Period period = trial.step(draws);
                Tensor g = period.probabilities();
                if (g != null && judges) {
                    Tensor right = g.mul(period.z())
                            .add(Tensors.plus(g.neg(), 1)
                                    .mul(Tensors.plus(period.z().neg(), 1)));
                    bits -= right.log2().mean().item_double();
                    judged++;
                }
            }
        }

        Came came() {
            return new Came(
                    trial.treated().means(), trial.controlled().means(), judged == 0 ? Double.NaN : bits / judged);
        }

        @Override
        public void close() {
            trial.close();
            if (weights != null) {
                weights.close();
            }
        }
    }

    /** Treatment for all against control for all, with the same users: the truth. */
    static Came truth(Came treatment, Came control) {
        return new Came(treatment.treatment(), control.control(), Double.NaN);
    }

    private WeightModel weightModel() {
        try (var scope = Scope.open()) {
            return new WeightModel(
                    WeightModel.start(
                            FEATURES + 1, List.of(64, 64), 0.5, false, ScalarType.Float, seed.child("weights")),
                    new Adam(0.9, 0.999, 1e-8, false),
                    0.001);
        }
    }

    /** Distance of an estimate from the truth, all metrics together in units of the truth. */
    static double miss(Came found, Came truth) {
        return Arrays.stream(new int[] {0, 1, 2})
                .mapToDouble(k -> Math.abs(found.effect(k) / truth.effect(k) - 1))
                .max()
                .orElse(Double.NaN);
    }
}
