package org.counterweight.balance.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.counterweight.engine.Tensors.scalar;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.util.List;
import java.util.Objects;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.balance.ClassCounts;
import org.counterweight.balance.audit.Recalls;
import org.counterweight.balance.stage.HeadTraining;
import org.counterweight.balance.stage.SecondStage;
import org.counterweight.config.Configs;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.part.LinearHead;
import org.counterweight.train.measure.HeadFeatures;
import org.counterweight.train.measure.ShotAccuracy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

/** Rows that stand for several, in the stages of {@link Balancing} behind the first. */
class WeightedBalancingTest {
    private final Scope scope = Scope.open();
    private final LongTailedRows learnt = LongTailedRows.of(1, 60, 30, 9, 4);
    private final LongTailedRows chosen = LongTailedRows.of(2, 10, 10, 10, 10);

    @AfterEach
    void close() {
        scope.close();
    }

    private static BalanceConfig config(String yaml) {
        return Configs.bind(Configs.yaml(yaml, "test"), BalanceConfig.class, "balance");
    }

    private static Tensor numbers(long from, long to) {
        return Tensors.longs(LongStream.range(from, to).toArray());
    }

    /** A row of weight k is k rows: in what is counted, learnt and chosen by; with all rows in a batch, to the last digits. */
    @ParameterizedTest
    @ValueSource(strings = {"{}", "{adjust: {mode: additive}}", "{tau_norm: {tau: 1.0}}"})
    void wholeNumberWeightsAreRepeatedRows(String yaml) {
        BalanceConfig config = config(yaml);
        long[] times = LongStream.range(0, 103).map(row -> row % 4).toArray();
        HeadFeatures weighed = new HeadFeatures(
                learnt.x(), Tensors.longs(learnt.labels()), Tensors.longs(times).to(ScalarType.Double));
        HeadFeatures repeated = repeated(weighed, times);
        long[] chosenTimes = LongStream.range(0, 40).map(row -> 1 + row % 3).toArray();
        HeadFeatures choosing = new HeadFeatures(
                chosen.x(),
                Tensors.longs(chosen.labels()),
                Tensors.longs(chosenTimes).to(ScalarType.Double));
        var start = new LinearHead(
                Tensors.zeros(4, 6).normal_(0, 1, Tensors.optional(new Seed(8).generator())), Tensors.zeros(4));
        BalanceConfig whole = wholeBatches(config);

        Stages one = Stages.of(whole, start, weighed, choosing, counted(weighed), new Seed(1));
        Stages other =
                Stages.of(whole, start, repeated, repeated(choosing, chosenTimes), counted(repeated), new Seed(1));

        assertThat(one.heads()).extracting(Stages.Done::name).isEqualTo(names(other));
        for (int i = 0; i < one.heads().size(); i++) {
            assertTensor(one.heads().get(i).head().weight())
                    .isCloseTo(other.heads().get(i).head().weight(), 1e-5, 1e-6);
        }
        LinearHead last = one.heads().get(one.heads().size() - 1).head();
        var shots = new ShotAccuracy(100, 20);
        assertThat(Recalls.groups(shots, counted(weighed).list(), last.logits(choosing.values()), choosing))
                .isEqualTo(Recalls.groups(
                        shots,
                        counted(repeated).list(),
                        last.logits(repeated(choosing, chosenTimes).values()),
                        repeated(choosing, chosenTimes)));
    }

    /** Where classes are drawn all alike, only what rows weigh within their class matters. */
    @Test
    void classesThatAreDrawnAlikeDoNotWeighMoreByTheirRows() {
        BalanceConfig config = config("{second: {rows: class_balanced, epochs: 2, max_norm: null}}");
        Tensor labels = Tensors.longs(learnt.labels());
        var start = new LinearHead(Tensors.zeros(4, 6), Tensors.zeros(4));
        ClassCounts counts = ClassCounts.of(60, 30, 9, 4);
        Tensor ofClasses = labels.add(scalar(1)).to(ScalarType.Double);
        Stages weighed =
                Stages.of(config, start, new HeadFeatures(learnt.x(), labels, ofClasses), null, counts, new Seed(1));
        Stages plain = Stages.of(config, start, new HeadFeatures(learnt.x(), labels), null, counts, new Seed(1));
        assertTensor(weighed.heads().get(1).head().weight())
                .isCloseTo(plain.heads().get(1).head().weight(), 1e-6, 1e-7);
    }

    private static List<String> names(Stages stages) {
        return stages.heads().stream().map(Stages.Done::name).toList();
    }

    private static BalanceConfig wholeBatches(BalanceConfig config) {
        ObjectNode tree = Configs.tree(config);
        ((ObjectNode) tree.required("second")).put("batch_size", 1000).put("epochs", 3);
        return Configs.bind(tree, BalanceConfig.class, "balance");
    }

    private static ClassCounts counted(HeadFeatures rows) {
        return ClassCounts.of(Tensors.toDoubles(torch.bincount(rows.labels(), Tensors.optional(rows.weights()), 4)));
    }

    private static HeadFeatures repeated(HeadFeatures rows, long... times) {
        Tensor at = torch.repeat_interleave(Tensors.longs(times));
        return new HeadFeatures(rows.values().index_select(0, at), rows.labels().index_select(0, at));
    }

    /** Rows that weigh more draw the head to their class. */
    @Test
    void everyWeightChangesTheSecondStage() {
        var settings = Configs.bind(Configs.yaml("{epochs: 2, max_norm: null}", "test"), SecondStage.class, "second");
        Tensor labels = Tensors.longs(learnt.labels());
        Tensor weights = torch.ones_like(labels).to(ScalarType.Double);
        var start = new LinearHead(Tensors.zeros(4, 6), Tensors.zeros(4));
        LinearHead plain = secondOf(settings, start, new HeadFeatures(learnt.x(), labels));
        LinearHead alike = secondOf(settings, start, new HeadFeatures(learnt.x(), labels, weights.mul(scalar(5))));
        assertTensor(alike.weight()).isCloseTo(plain.weight(), 1e-6, 1e-7);
        Tensor other = weights.add(labels.eq(scalar(3)).to(ScalarType.Double).mul(scalar(50)));
        LinearHead drawn = secondOf(settings, start, new HeadFeatures(learnt.x(), labels, other));
        assertThat(Objects.requireNonNull(drawn.bias()).argmax().item_long()).isEqualTo(3);
        assertThat(Objects.requireNonNull(plain.bias()).argmax().item_long()).isZero();
    }

    private static LinearHead secondOf(SecondStage settings, LinearHead start, HeadFeatures rows) {
        ClassCounts even = ClassCounts.of(1, 1, 1, 1);
        try (var training = new HeadTraining(settings, start, even.weights(0.999))) {
            training.epoch(0, rows, List.of(numbers(0, 50), numbers(50, 103)));
            return training.head().copy();
        }
    }
}
