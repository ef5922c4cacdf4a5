package org.counterweight.fewgen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.counterweight.engine.Tensors.doubles;
import static org.counterweight.engine.Tensors.longs;
import static org.counterweight.testing.TensorAssert.assertTensor;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.fewgen.classify.ConsistencyLoss;
import org.counterweight.fewgen.classify.Selection;
import org.counterweight.fewgen.classify.TemporalEnsemble;
import org.counterweight.fewgen.classify.Unused;
import org.counterweight.fewgen.prefix.LabelPrefix;
import org.counterweight.model.generate.NextToken;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Properties of decoding, of ensembles and of what a classifier learns, section 5 of the spec. */
class DrawingAndLearningTest {
    private Scope scope;

    @BeforeEach
    void open() {
        scope = Scope.open();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private static Tensor draw(long... shape) {
        return torch.empty(shape).to(ScalarType.Double).normal_(0, 1, Tensors.optional(new Seed(1).generator()));
    }

    private static final long[] SEEN = {0, 3, 1, 2};

    @Test
    void withoutOptionsItIsTheSoftmax() {
        Tensor logits = draw(2, 9);
        assertTensor(new NextToken(1, 1, 0, 1, 0).probabilities(logits, longs(SEEN, 2, 2)))
                .isCloseTo(Tensors.softmax(logits, -1), 0, 1e-15);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 9, 30})
    void asManyTokensStayAsAskedFor(int k) {
        Tensor left = new NextToken(1.2, 0.7, k, 1, 0)
                .probabilities(draw(3, 9), longs(SEEN, 1, 4).expand(3, 4));
        long[] counts = Tensors.toLongs(Tensors.sum(left.gt(Tensors.scalar(0)), false, 1));
        assertThat(counts).containsOnly(Math.min(k, 9));
    }

    @Test
    void tokensAsLikelyAsTheLastStay() {
        Tensor logits = doubles(new double[] {1, 2, 1, 0}, 1, 4);
        Tensor left = new NextToken(1, 1, 2, 1, 0).probabilities(logits, longs(new long[] {3}, 1, 1));
        assertThat(Tensors.toLongs(left.gt(Tensors.scalar(0)))).containsExactly(1, 1, 1, 0);
    }

    @Test
    void theTokenThatCrossesTheShareStays() {
        Tensor logits = doubles(new double[] {0.5, 0.3, 0.2}, 1, 3).log();
        Tensor seen = longs(new long[] {0}, 1, 1);
        assertTensor(new NextToken(1, 1, 0, 0.6, 0).probabilities(logits, seen))
                .isCloseTo(doubles(new double[] {0.625, 0.375, 0}, 1, 3), 1e-12, 0);
        assertTensor(new NextToken(1, 1, 0, 0.01, 0).probabilities(logits, seen))
                .isCloseTo(doubles(new double[] {1, 0, 0}, 1, 3), 1e-12, 0);
    }

    @Test
    void whatStandsInTheTextIsLessLikely() {
        Tensor logits = doubles(new double[] {2, 1.5, -1, -1.5}, 1, 4);
        var greedy = new NextToken(1.5, 0, 10, 1, 0);
        assertThat(greedy.isGreedy()).isTrue();
        assertThat(greedy.likeliest(logits, longs(new long[] {0, 0}, 1, 2)).item_long())
                .isEqualTo(1);
        Tensor found = new NextToken(2, 1, 0, 1, 0).probabilities(logits, longs(new long[] {0, 2}, 1, 2));
        assertTensor(found).isCloseTo(Tensors.softmax(doubles(new double[] {1, 1.5, -2, -1.5}, 1, 4), -1), 1e-12, 0);
        assertThatThrownBy(() -> greedy.probabilities(logits, longs(new long[] {0}, 1, 1)))
                .isInstanceOf(IllegalStateException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 1, 1, 1, repetition_penalty",
        "1, -1, 1, 1, temperature",
        "1, 1, -1, 1, top_k",
        "1, 1, 1, 0, top_p",
        "1, 1, 1, 1.1, top_p"
    })
    void aWrongOptionIsNamed(double penalty, double temperature, int k, double p, String field) {
        assertThatThrownBy(() -> new NextToken(penalty, temperature, k, p, 0))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith(field + ": ");
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.5, 0.9})
    void constantPredictionsAreTheirOwnAverage(double momentum) {
        Tensor p = Tensors.softmax(draw(5, 3), -1);
        TemporalEnsemble ensemble = TemporalEnsemble.start(momentum, p);
        for (int t = 0; t < 4; t++) {
            ensemble = ensemble.with(p);
            assertTensor(ensemble.average()).isCloseTo(p, 1e-12, 0);
        }
        Tensor last = p.flip(1);
        assertThat(ensemble.with(last).average().sub(last).abs().max().item_double() < 1e-12)
                .isEqualTo(momentum == 0);
        assertThatThrownBy(() -> TemporalEnsemble.start(1, p)).hasMessageStartingWith("momentum: ");
    }

    @Test
    void aThresholdOfNothingTakesAll() {
        Tensor average = Tensors.softmax(draw(20, 3), -1);
        Tensor labels = longs(new long[20]);
        assertThat(new Selection(0, 16).of(average, labels).all().item_bool()).isTrue();
    }

    @Test
    void ofAClassWithFewTextsTheSurerHalfIsTakenToo() {
        Tensor average = doubles(new double[] {0.9, 0.1, 0.6, 0.4, 0.4, 0.6, 0.3, 0.7, 0.8, 0.2, 0.05, 0.95}, 6, 2);
        Tensor labels = longs(new long[] {0, 0, 0, 0, 0, 1});
        // 0.9 is sure; of 0.9 0.8 0.6 0.4 0.3 those above the third
        assertThat(Tensors.toLongs(new Selection(0.85, 2).of(average, labels))).containsExactly(1, 0, 0, 0, 1, 1);
        Tensor without = new Selection(0.85, 1).of(average, labels);
        assertThat(Tensors.toLongs(without)).containsExactly(1, 0, 0, 0, 0, 1);
        assertThat(Tensors.toLongs(Selection.counts(without, labels, 3))).containsExactly(1, 1, 0);
    }

    @Test
    void intervalsTakeWhatWasNotTakenAndBeginAnew() {
        Tensor selected = longs(new long[] {1, 0, 1, 1, 1}).to(ScalarType.Bool);
        Unused.Interval first = Unused.all(5).take(selected, 3);
        assertThat(Tensors.toLongs(first.places())).containsExactly(0, 2, 3);
        assertThat(Tensors.toLongs(first.after().places())).containsExactly(1, 4);
        Unused.Interval second = first.after().take(selected, 3);
        assertThat(Tensors.toLongs(second.places())).containsExactly(4, 0, 2);
        assertThat(Tensors.toLongs(second.after().places())).containsExactly(1, 3, 4);
        assertThat(Tensors.toLongs(second.after().take(selected, 99).places())).containsExactly(3, 4, 0, 2, 3);
    }

    @Test
    void withoutWeightAndSmoothingItIsCrossEntropy() {
        Tensor logits = draw(4, 3);
        Tensor labels = longs(new long[] {0, 2, 1, 1});
        Tensor plain = Tensors.logSoftmax(logits, -1)
                .gather(1, labels.unsqueeze(1))
                .mean()
                .neg();
        Tensor p = Tensors.softmax(logits, -1);
        ConsistencyLoss.Terms same = new ConsistencyLoss(0, 0).of(logits, labels, p.flip(1));
        assertThat(same.all().item_double()).isCloseTo(plain.item_double(), within(1e-12));
        assertThat(same.kl().item_double()).isPositive();
        assertThat(new ConsistencyLoss(0.15, 20).of(logits, labels, p).kl().item_double())
                .isCloseTo(0, within(1e-12));
    }

    @Test
    void aPrefixComesBackFromPeftsTable() {
        Tensor values = draw(2, 2, 3, 4, 5);
        assertTensor(LabelPrefix.of(new LabelPrefix(values).table(), 2, 3, 5).values())
                .isEqualTo(values);
    }
}
