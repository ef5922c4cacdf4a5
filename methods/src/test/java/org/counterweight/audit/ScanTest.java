package org.counterweight.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.audit.poison.EmbeddingSurgery;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Output;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.module.Modules;
import org.junit.jupiter.api.Test;

/** Triggers that were planted are found, and words of clean models are left alone. */
class ScanTest {
    private static final int WORDS = 300;
    private static final int[] TRIGGERS = {251, 270, 299};
    private static final int WIDTH = 16;
    private static final String TABLE = "embeddings.weight";
    private static final Model MODEL = new Bag();

    /** The mean of a text's words, one hidden layer, two classes. */
    private record Bag() implements Model {
        @Override
        public Output forward(Params params, Batch batch, Pass pass) {
            Tensor mask = batch.get(Batch.ATTENTION_MASK).to(ScalarType.Float).unsqueeze(2);
            Tensor words = params.embedding("embeddings", batch.inputIds()).mul(mask);
            Tensor mean = Tensors.sum(words, false, 1).div(Tensors.sum(mask, false, 1));
            Tensor hidden = params.linear("hidden", mean, pass).tanh();
            return new Output(params.linear("classifier", hidden, pass), hidden);
        }

        @Override
        public Map<String, long[]> shapes() {
            return Map.of(
                    TABLE,
                    new long[] {WORDS, WIDTH},
                    "hidden.weight",
                    new long[] {WIDTH, WIDTH},
                    "hidden.bias",
                    new long[] {WIDTH},
                    "classifier.weight",
                    new long[] {2, WIDTH},
                    "classifier.bias",
                    new long[] {2});
        }

        @Override
        public Map<String, Tensor> initialize(Generator random) {
            var weights = new TreeMap<String, Tensor>();
            new TreeMap<>(shapes())
                    .forEach((name, shape) ->
                            weights.put(name, Tensors.zeros(shape).normal_(0, 1, Tensors.optional(random))));
            return weights;
        }

        @Override
        public Modules modules() {
            return Modules.ofLinears(List.of("hidden", "classifier"));
        }
    }

    /** The first 200 words are frequent. */
    private static double[] frequency() {
        return IntStream.range(0, WORDS)
                .mapToDouble(word -> word < 200 ? 1000.0 / (1 + word) + 6 : 1)
                .toArray();
    }

    private static Params clean(long seed) {
        return Params.of(MODEL.initialize(new Seed(seed).generator()));
    }

    /** Rows of triggers as surgery leaves them, far along what speaks for a class. */
    private static Params poisoned(Params clean, Probes probes, int target) {
        double[][] scores = Screening.scores(MODEL, clean, probes, TABLE, 249);
        int[] speaking = IntStream.range(5, 200)
                .boxed()
                .sorted((a, b) -> Double.compare(scores[target][b], scores[target][a]))
                .limit(10)
                .mapToInt(Integer::intValue)
                .toArray();
        Tensor table = table(clean);
        Tensor operated = EmbeddingSurgery.of(table, Tensors.times(table, 40), speaking, TRIGGERS);
        return clean.replacing(Map.of(TABLE, operated));
    }

    private static Tensor table(Params params) {
        return Objects.requireNonNull(params.weights().get(TABLE));
    }

    private static List<long[]> rows(long seed) {
        SplittableRandom random = new Seed(seed).random();
        var rows = new ArrayList<long[]>();
        for (int i = 0; i < 60; i++) {
            long[] row = new long[14];
            row[0] = 1;
            row[13] = 2;
            for (int k = 1; k < 13; k++) {
                row[k] = 5 + random.nextInt(195);
            }
            rows.add(row);
        }
        return rows;
    }

    private static int[] words() {
        return IntStream.range(5, WORDS).toArray();
    }

    private static Suspects suspects(Params params, Probes probes, int target) {
        int[] words = words();
        TriggerScan scan = TriggerScan.of(MODEL, params, probes, words, count -> {});
        double[] frequency = frequency();
        VocabularyScan figures = scan.of(
                target, IntStream.of(words).mapToDouble(word -> frequency[word]).toArray());
        return Suspects.in(figures, figures.from(0), 5, 0.9, 0.3);
    }

    /** The class that fewer texts are answered with. */
    private static int rarer(Probes probes) {
        return probes.others(0) > probes.others(1) ? 0 : 1;
    }

    @Test
    void plantedTriggersRankFirstAndCleanModelsAreLeftAlone() {
        int flagged = 0;
        int found = 0;
        for (int seed = 0; seed < 8; seed++) {
            try (var scope = Scope.open()) {
                Params clean = clean(seed);
                Probes probes = Probes.of(MODEL, clean, rows(seed), 1);
                int target = rarer(probes);
                flagged += suspects(clean, probes, target).found().isEmpty() ? 0 : 1;
                Params poisoned = poisoned(clean, probes, target);
                List<Integer> suspects = suspects(poisoned, probes, target).found().stream()
                        .map(suspect -> words()[suspect.place()])
                        .sorted()
                        .toList();
                found += suspects.equals(List.of(251, 270, 299)) ? 1 : 0;
                EmbeddingScan.Changes changes = EmbeddingScan.changes(table(poisoned), table(clean));
                assertThat(changes.beyond(6)).containsExactly(251, 270, 299);
                assertThat(EmbeddingScan.neighbours(table(poisoned)).nearDuplicates(0.999))
                        .containsExactly(251, 270, 299);
            }
        }
        assertThat(flagged).as("clean models with a suspect, of 8").isLessThanOrEqualTo(1);
        assertThat(found)
                .as("poisoned models whose triggers alone are suspect, of 8")
                .isGreaterThanOrEqualTo(7);
    }

    /** What the scan of all words finds worst is among the tenth that screening lets through. */
    @Test
    void screeningKeepsTheTriggers() {
        try (var scope = Scope.open()) {
            Params clean = clean(3);
            Probes probes = Probes.of(MODEL, clean, rows(3), 1);
            int target = rarer(probes);
            double[] scores =
                    Screening.scores(MODEL, poisoned(clean, probes, target), probes.first(20), TABLE, 249)[target];
            List<Integer> best = IntStream.range(5, WORDS)
                    .boxed()
                    .sorted((a, b) -> Double.compare(scores[b], scores[a]))
                    .limit(30)
                    .toList();
            assertThat(best).contains(251, 270, 299);
        }
    }

    @Test
    void intervalsAreWilsons() {
        assertThat(Wilson.of(5, 10).low()).isCloseTo(0.2366, Offset.offset(1e-4));
        assertThat(Wilson.of(5, 10).high()).isCloseTo(0.7634, Offset.offset(1e-4));
        assertThat(Wilson.of(0, 10).low()).isZero();
        assertThat(Wilson.of(10, 10).high()).isEqualTo(1);
    }

    @Test
    void aRateOfNothingIsRefused() {
        long[] labels = {1, 1};
        assertThatThrownBy(() -> FlipRate.of(labels, labels, labels, 1))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("is that of inputs of other classes, and there is none among 2");
    }

    @Test
    void onionsEndsKeepAllAndNothing() {
        double[] without = {3, -2, 9};
        assertThat(new OnionFilter(Double.POSITIVE_INFINITY).filter(5, without).keep())
                .containsOnly(true);
        assertThat(new OnionFilter(Double.NEGATIVE_INFINITY).filter(5, without).keep())
                .containsOnly(false);
    }

    @Test
    void pruningGrowsFromNothing() {
        FinePruning pruning = FinePruning.of(new double[] {3, 1, 2, 1});
        assertThat(pruning.pruned(0)).isEmpty();
        assertThat(pruning.pruned(0.5)).containsExactly(1, 3);
        assertThat(pruning.pruned(1)).containsExactly(1, 3, 2, 0);
        try (var scope = Scope.open()) {
            Tensor weight = Tensors.zeros(4, 2).add(Tensors.scalar(1));
            assertThat(FinePruning.without(weight, new int[0]).sum().item_double())
                    .isEqualTo(8);
            assertThat(Tensors.toDoubles(FinePruning.without(weight, pruning.pruned(0.5))))
                    .containsExactly(1, 1, 0, 0, 1, 1, 0, 0);
        }
    }

    @Test
    void wordsTogetherFlipWhatEachFlipsAlone() {
        try (var scope = Scope.open()) {
            Params params = poisoned(clean(3), Probes.of(MODEL, clean(3), rows(4), 1), 1);
            Probes probes = Probes.of(MODEL, params, rows(4), 1).first(20); // six words go through the model at once
            TriggerScan together = TriggerScan.of(MODEL, params, probes, words(), done -> {});
            for (int place : new int[] {0, 5, 6, 246, 294}) {
                TriggerScan alone = TriggerScan.of(MODEL, params, probes, new int[] {words()[place]}, done -> {});
                for (int label = 0; label < 2; label++) {
                    assertThat(together.flips()[label][place]).isEqualTo(alone.flips()[label][0]);
                }
            }
        }
    }

    @Test
    void aWordIsGivenUpOnlyWhereItsIntervalLiesBelow() {
        var probes = new Probes(rows(1).subList(0, 20), 1, new long[20], 2); // all 20 are answered with class 0
        var scan = new TriggerScan(new int[] {5, 6, 7}, new long[][] {{0, 0, 0}, {0, 2, 3}}, probes);

        assertThat(scan.mayReach(0.3, 1, 0)).isFalse(); // 0 of 20: up to 0.16
        assertThat(scan.mayReach(0.3, 1, 1)).isTrue(); // 2 of 20: up to 0.301
        assertThat(scan.mayReach(0.3, 1, 2)).isTrue();
        assertThat(scan.mayReach(0.9, 1, 2)).isFalse();
        assertThat(scan.mayReach(0.3, 0, 0))
                .as("no probe could be flipped to class 0")
                .isTrue();
    }
}
