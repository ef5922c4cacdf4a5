package org.counterweight.train.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.data.BatchSource;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Output;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.module.Modules;
import org.counterweight.train.TrainConfig;
import org.counterweight.train.measure.statistic.Weighted;
import org.counterweight.train.measure.task.DomainLosses;
import org.counterweight.train.measure.task.EntityFigures;
import org.counterweight.train.measure.task.LabelSetFigures;
import org.counterweight.train.measure.task.ScoreFigures;
import org.counterweight.train.measure.uncertainty.Calibration;
import org.counterweight.train.objective.Objective;
import org.counterweight.train.objective.Objective.Losses;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole-number weights give the figures of the rows repeated as often, and a weight of 0 those without the row. */
class WeightedFiguresTest {
    private static final String WEIGHT = "weight";
    private static final int ROWS = 40;
    private static final int CLASSES = 4;
    private static final int WORDS = 5;

    /** A figure, and what its rows are. */
    private record Case(String name, Supplier<Metric> metric, Function<Seed, Rows> rows) {
        @Override
        public String toString() {
            return name;
        }
    }

    /** What a model says, what is true, a number of each row's domain, and how often each row counts. */
    private record Rows(Tensor logits, Tensor labels, Tensor domains, double[] weights) {
        static Rows of(Seed seed, Tensor logits, Tensor labels) {
            var random = seed.child("weights").random();
            double[] weights = IntStream.range(0, ROWS)
                    .mapToDouble(row -> random.nextInt(4))
                    .toArray();
            long[] domains =
                    IntStream.range(0, ROWS).mapToLong(row -> random.nextInt(3)).toArray();
            return new Rows(logits, labels, Tensors.longs(domains), weights);
        }

        /** Of four classes, the last of which rows of weight 0 alone have; some rows have no label. */
        static Rows ofClasses(Seed seed) {
            var random = seed.child("labels").random();
            Rows rows = of(seed, drawn(seed, ROWS, CLASSES), Tensors.longs(new long[ROWS]));
            long[] labels = IntStream.range(0, ROWS)
                    .mapToLong(row -> random.nextInt(9) == 0
                            ? -100
                            : rows.weights[row] == 0 ? random.nextInt(CLASSES) : random.nextInt(CLASSES - 1))
                    .toArray();
            return new Rows(rows.logits, Tensors.longs(labels), rows.domains, rows.weights);
        }

        static Rows ofScores(Seed seed) {
            Tensor truth = Tensors.times(drawn(seed.child("truth"), ROWS, 1), 2).round(); // some are equal
            return of(seed, Tensors.times(drawn(seed, ROWS, 1).add(truth), 2).round(), truth);
        }

        static Rows ofLabelSets(Seed seed) {
            Tensor truth = drawn(seed.child("truth"), ROWS, CLASSES)
                    .gt(Tensors.scalar(0.3))
                    .to(ScalarType.Float);
            return of(seed, drawn(seed, ROWS, CLASSES).add(truth), truth);
        }

        static Rows ofTags(Seed seed) {
            var random = seed.child("labels").random();
            long[] labels = IntStream.range(0, ROWS * WORDS)
                    .mapToLong(word -> random.nextInt(5) == 0 ? -100 : random.nextInt(CLASSES))
                    .toArray();
            return of(seed, drawn(seed, ROWS, WORDS, CLASSES), Tensors.longs(labels, ROWS, WORDS));
        }

        private static Tensor drawn(Seed seed, long... shape) {
            return torch.empty(shape)
                    .normal_(0, 1, Tensors.optional(seed.child("values").generator()));
        }

        /** Each row as often as it weighs. */
        int[] repeated() {
            return IntStream.range(0, ROWS)
                    .flatMap(row -> IntStream.generate(() -> row).limit((long) weights[row]))
                    .toArray();
        }

        Rows select(int... rows) {
            Tensor at = Tensors.longs(Arrays.stream(rows).asLongStream().toArray());
            return new Rows(
                    logits.index_select(0, at),
                    labels.index_select(0, at),
                    domains.index_select(0, at),
                    Arrays.stream(rows).mapToDouble(row -> weights[row]).toArray());
        }

        Batch batch() {
            return new Batch(Map.of(
                    Batch.LABELS, labels, "logits", logits, "domain", domains, WEIGHT, Tensors.doubles(weights)));
        }
    }

    /** Says of a row what stands in it. */
    private record Parrot() implements Model {
        @Override
        public Output forward(Params params, Batch batch, Pass pass) {
            return new Output(batch.get("logits"), batch.get("logits"));
        }

        @Override
        public Map<String, long[]> shapes() {
            return Map.of("none", new long[] {1});
        }

        @Override
        public Map<String, Tensor> initialize(Generator random) {
            return Map.of("none", Tensors.zeros(1));
        }

        @Override
        public Modules modules() {
            return Modules.of(List.of());
        }
    }

    /** A loss that differs from row to row, over one unit to three. */
    private static Losses losses(Batch batch) {
        Tensor logits = batch.get("logits");
        Tensor each = Tensors.mean(logits.reshape(logits.size(0), -1), false, 1).add(Tensors.scalar(3)); // [rows]
        Tensor units = batch.get("domain").add(Tensors.scalar(1)).to(ScalarType.Long);
        return new Losses(each, units, logits);
    }

    static Stream<Case> cases() {
        Stream<Case> named = new Metrics()
                .kinds().keySet().stream()
                        .map(kind -> new Case(
                                kind,
                                () -> TrainConfig.of("{metrics: [" + kind + "]}")
                                        .metrics()
                                        .get(0)
                                        .create(List.of(500.0, 50.0, 30.0, 3.0)),
                                Rows::ofClasses));
        return Stream.concat(
                named,
                Stream.of(
                        new Case("scores", () -> new ScoreFigures(2), Rows::ofScores),
                        new Case("sets of classes", LabelSetFigures::new, Rows::ofLabelSets),
                        new Case(
                                "entities",
                                () -> new EntityFigures(List.of("B-PER", "I-PER", "B-LOC", "O")),
                                Rows::ofTags),
                        new Case("domains", () -> DomainLosses.of(List.of("a", "b", "c"), "domain"), Rows::ofClasses)));
    }

    /** All that an evaluation tells: loss, accuracy, macro-F1, confusion, and the metric's own. */
    @ParameterizedTest
    @MethodSource("cases")
    void weightsAreRepetitions(Case one) {
        for (long seed = 0; seed < 5; seed++) {
            try (var scope = Scope.open()) {
                Rows rows = one.rows().apply(new Seed(seed));
                int half = ROWS / 2;
                Evaluation weighed = evaluated(
                        one,
                        true,
                        rows.select(IntStream.range(0, half).toArray()),
                        rows.select(IntStream.range(half, ROWS).toArray()));
                Evaluation repeated = evaluated(one, false, rows.select(rows.repeated()));
                assertThat(weighed.all().keySet()).isEqualTo(repeated.all().keySet());
                repeated.all()
                        .forEach((name, value) ->
                                assertThat(weighed.metric(name)).as(name).isCloseTo(value, within(1e-5)));
                assertThat(weighed.parts()).isEqualTo(repeated.parts());
                if (repeated.confusion() != null && weighed.confusion() != null) {
                    assertThat(weighed.confusion().counts())
                            .isDeepEqualTo(repeated.confusion().counts());
                    assertThat(weighed.confusion().perClass())
                            .isEqualTo(repeated.confusion().perClass());
                }
            }
        }
    }

    private static Evaluation evaluated(Case one, boolean areWeighed, Rows... batches) {
        Objective objective = (model, params, batch, pass) -> losses(batch);
        Evaluator each = Evaluator.of(
                        BatchSource.of(Stream.of(batches).map(Rows::batch).toList()), objective, List.of())
                .with(one.metric());
        return (areWeighed ? each.weighedBy(WEIGHT) : each)
                .evaluate(new Parrot(), Params.of(Map.of("none", Tensors.zeros(1))));
    }

    /** A row that does not count may have any loss. */
    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY})
    void whatARowOfNoWeightCostsIsNothing(double loss) {
        try (var scope = Scope.open()) {
            Objective objective = (model, params, batch, pass) -> new Losses(
                    Tensors.doubles(new double[] {loss, 2}).to(ScalarType.Float),
                    Tensors.longs(new long[] {1, 1}),
                    null);
            var batch = new Batch(Map.of(WEIGHT, Tensors.doubles(new double[] {0, 0.5})));
            assertThat(Evaluator.of(BatchSource.of(List.of(batch)), objective, List.of())
                            .weighedBy(WEIGHT)
                            .evaluate(new Parrot(), Params.of(Map.of("none", Tensors.zeros(1))))
                            .loss())
                    .isEqualTo(2);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 2, 3})
    void statisticsAreThoseOfRepetitions(long seed) {
        var random = new Seed(seed).random();
        double[] x = random.doubles(30).map(value -> Math.rint(8 * value)).toArray();
        double[] y = random.doubles(30).map(value -> Math.rint(8 * value)).toArray();
        double[] weights = random.ints(30, 0, 4).asDoubleStream().toArray();
        int[] rows = IntStream.range(0, 30)
                .flatMap(row -> IntStream.generate(() -> row).limit((long) weights[row]))
                .toArray();
        double[] manyX = Arrays.stream(rows).mapToDouble(row -> x[row]).toArray();
        double[] manyY = Arrays.stream(rows).mapToDouble(row -> y[row]).toArray();
        double[] ones = Weighted.ones(rows.length);
        assertThat(Weighted.mean(x, weights)).isCloseTo(Weighted.mean(manyX, ones), within(1e-12));
        assertThat(Weighted.correlation(x, y, weights))
                .isCloseTo(Weighted.correlation(manyX, manyY, ones), within(1e-12));
        double[] ranks = Weighted.ranks(x, weights);
        double[] manyRanks = Weighted.ranks(manyX, ones);
        for (int i = 0; i < rows.length; i++) {
            assertThat(ranks[rows[i]]).isCloseTo(manyRanks[i], within(1e-12));
        }
        boolean[] right = new boolean[30];
        boolean[] manyRight = new boolean[rows.length];
        for (int row = 0; row < 30; row++) {
            right[row] = y[row] > 4;
        }
        for (int i = 0; i < rows.length; i++) {
            manyRight[i] = right[rows[i]];
        }
        double[] shares = Arrays.stream(x).map(value -> value / 8).toArray();
        double[] manyShares = Arrays.stream(manyX).map(value -> value / 8).toArray();
        Calibration weighed = Calibration.of(shares, right, weights, 7);
        Calibration repeated = Calibration.of(manyShares, manyRight, 7);
        assertThat(weighed.expectedError()).isCloseTo(repeated.expectedError(), within(1e-12));
        for (int bin = 0; bin < 7; bin++) {
            assertThat(weighed.bins().get(bin).rows())
                    .isEqualTo(repeated.bins().get(bin).rows());
            assertThat(weighed.bins().get(bin).accuracy())
                    .isEqualTo(repeated.bins().get(bin).accuracy());
        }
    }
}
