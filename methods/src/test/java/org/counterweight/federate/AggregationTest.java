package org.counterweight.federate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.counterweight.engine.Tensors.times;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.federate.aggregate.Aggregation;
import org.counterweight.federate.aggregate.BatchNormRule;
import org.counterweight.federate.aggregate.CosineScaled;
import org.counterweight.federate.aggregate.FedAvg;
import org.counterweight.federate.aggregate.FedDa;
import org.counterweight.federate.aggregate.FedGp;
import org.counterweight.federate.aggregate.Granularity;
import org.counterweight.federate.aggregate.Rule;
import org.counterweight.federate.client.Alignment;
import org.counterweight.federate.client.ClientWeights;
import org.counterweight.federate.client.FederationException;
import org.counterweight.federate.client.SourceUpdate;
import org.counterweight.federate.client.Updates;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Properties of the aggregation rules: section 5, and the bad inputs of section 8. */
class AggregationTest {
    private static final FedGp FEDGP = new FedGp(true);

    private final Scope scope = Scope.open();

    @AfterEach
    void close() {
        scope.close();
    }

    private static Tensor draw(long seed, long... shape) {
        return torch.empty(shape).to(ScalarType.Double).normal_(0, 1, Tensors.optional(new Seed(seed).generator()));
    }

    private static Map<String, Tensor> state(long seed) {
        var state = new LinkedHashMap<String, Tensor>();
        state.put("a.weight", draw(seed, 3, 4));
        state.put("a.bias", draw(seed + 100, 5));
        return state;
    }

    private static Map<String, Tensor> scaled(Map<String, Tensor> update, double factor) {
        var scaled = new LinkedHashMap<String, Tensor>();
        update.forEach((name, tensor) -> scaled.put(name, times(tensor, factor)));
        return scaled;
    }

    private static SourceUpdate source(Map<String, Tensor> update, double weight, double beta) {
        return new SourceUpdate("clinic", update, weight, beta, 1);
    }

    private static List<SourceUpdate> three(double... betas) {
        double[] weights = ClientWeights.bySize(2, 3, 5);
        var sources = new ArrayList<SourceUpdate>();
        for (int i = 0; i < 3; i++) {
            sources.add(source(state(20 + i), weights[i], betas[i]));
        }
        return sources;
    }

    /** What is added to the global model. */
    private static Tensor moved(Aggregation aggregation, Map<String, Tensor> target, List<SourceUpdate> sources) {
        Map<String, Tensor> zeros = scaled(target, 0);
        return Updates.flat(aggregation.apply(zeros, target, sources));
    }

    private static Tensor of(Map<String, Tensor> tensors, String name) {
        return Objects.requireNonNull(tensors.get(name));
    }

    @Test
    void aWeightOfNothingIsTheTargetAlone() {
        Map<String, Tensor> global = state(1);
        Map<String, Tensor> target = state(2);
        for (Rule rule : List.of(FEDGP, new FedGp(false), new FedDa(true), new FedDa(false), new CosineScaled())) {
            for (Granularity granularity : Granularity.values()) {
                Map<String, Tensor> next = new Aggregation(rule, granularity, BatchNormRule.AVERAGED)
                        .apply(global, target, three(0, 0, 0));
                next.forEach((name, tensor) ->
                        assertTensor(tensor).isEqualTo(of(global, name).add(of(target, name))));
            }
        }
        Aggregation.of(FEDGP)
                .apply(global, target, List.of())
                .forEach((name, tensor) ->
                        assertTensor(tensor).isEqualTo(of(global, name).add(of(target, name))));
    }

    @Test
    void mixingWithTheSourcesAloneIsFederatedAveraging() {
        Map<String, Tensor> global = state(1);
        var states = new ArrayList<Map<String, Tensor>>();
        var sources = new ArrayList<SourceUpdate>();
        double[] weights = ClientWeights.uniform(3);
        for (int i = 0; i < 3; i++) {
            Map<String, Tensor> state = state(10 + i);
            states.add(state);
            sources.add(source(Updates.difference(state, global, "clinic"), weights[i], 1));
        }
        Map<String, Tensor> mean = new FedAvg().average(states, weights);
        Aggregation.of(new FedDa(true))
                .apply(global, state(2), sources)
                .forEach((name, tensor) -> assertTensor(tensor).isCloseTo(of(mean, name), 1e-12, 1e-12));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.3, 1})
    void aSourceAlongTheTargetGivesTheTargetAndOneAgainstItIsDropped(double beta) {
        Map<String, Tensor> target = state(2);
        Tensor flat = Updates.flat(target);
        for (Granularity granularity : Granularity.values()) {
            var rule = new Aggregation(FEDGP, granularity, BatchNormRule.AVERAGED);
            assertTensor(moved(rule, target, List.of(source(scaled(target, 7), 1, beta))))
                    .isCloseTo(flat, 1e-12, 1e-12);
            assertTensor(moved(rule, target, List.of(source(scaled(target, -0.2), 1, beta))))
                    .isCloseTo(times(flat, 1 - beta), 1e-12, 1e-12);
        }
    }

    @Test
    void aProjectionIsShortPointsForwardAndIsItsOwn() {
        for (int seed = 0; seed < 20; seed++) {
            Tensor target = draw(seed, 9);
            Tensor source = draw(seed + 50, 9);
            Tensor projected = FEDGP.project(target, source);
            assertTensor(FEDGP.project(target, times(source, 1e3))).isCloseTo(projected, 1e-12, 1e-15);
            assertThat(Updates.dot(projected, projected)).isLessThanOrEqualTo(Updates.dot(target, target) + 1e-12);
            assertThat(Updates.dot(projected, target)).isGreaterThanOrEqualTo(0);
            assertTensor(FEDGP.project(projected, source)).isCloseTo(projected, 1e-12, 1e-15);
            boolean isAgainst = Updates.dot(target, source) < 0;
            assertThat(Updates.dot(projected, projected) == 0).isEqualTo(isAgainst);
            double unfiltered = Updates.dot(new FedGp(false).project(target, source), target);
            assertThat(unfiltered).isGreaterThan(0); // the square of the cosine, whatever its sign
        }
    }

    @Test
    void theSumNeverPointsAgainstTheTarget() {
        for (int seed = 0; seed < 20; seed++) {
            Map<String, Tensor> target = state(seed);
            Tensor flat = Updates.flat(target);
            for (Granularity granularity : Granularity.values()) {
                var rule = new Aggregation(FEDGP, granularity, BatchNormRule.AVERAGED);
                double forward = Updates.dot(moved(rule, target, three(0.2, 0.9, 0.5)), flat);
                assertThat(forward).isGreaterThanOrEqualTo((1 - 0.9) * Updates.dot(flat, flat) - 1e-12);
            }
        }
    }

    @Test
    void oneTensorAloneIsTheWhole() {
        Map<String, Tensor> target = Map.of("w", draw(1, 6));
        var sources = List.of(source(Map.of("w", draw(2, 6)), 0.4, 0.7), source(Map.of("w", draw(3, 6)), 0.6, 0.2));
        Tensor global = moved(new Aggregation(FEDGP, Granularity.GLOBAL, BatchNormRule.AVERAGED), target, sources);
        assertTensor(moved(Aggregation.of(FEDGP), target, sources)).isEqualTo(global);
        Map<String, Tensor> two = state(1);
        Tensor whole = moved(new Aggregation(FEDGP, Granularity.GLOBAL, BatchNormRule.AVERAGED), two, three(1, 1, 1));
        assertThat(moved(Aggregation.of(FEDGP), two, three(1, 1, 1))
                        .sub(whole)
                        .abs()
                        .max()
                        .item_double())
                .isGreaterThan(1e-3); // of more they differ
    }

    @Test
    void theOfficialFormIsTheExactOneWhereBothAreOfOneLength() {
        Tensor target = draw(1, 8);
        Tensor source = draw(3, 8);
        if (Updates.dot(target, source) < 0) {
            source = source.neg();
        }
        double scale = Math.sqrt(Updates.dot(target, target) / Updates.dot(source, source));
        var sources = List.of(new SourceUpdate("clinic", Map.of("w", source), 1, 0.6, scale));
        assertTensor(moved(Aggregation.of(new CosineScaled()), Map.of("w", target), sources))
                .isCloseTo(moved(Aggregation.of(FEDGP), Map.of("w", target), sources), 1e-12, 1e-12);
    }

    @Test
    void aSplitSourceCountsAsOne() {
        Map<String, Tensor> target = state(2);
        SourceUpdate one = source(state(30), 0.5, 0.4);
        SourceUpdate other = source(state(31), 0.5, 0.7);
        SourceUpdate half = source(one.update(), 0.25, 0.4);
        for (Rule rule : List.of(FEDGP, new FedDa(true), new CosineScaled())) {
            assertTensor(moved(Aggregation.of(rule), target, List.of(half, other, half)))
                    .isCloseTo(moved(Aggregation.of(rule), target, List.of(one, other)), 1e-12, 1e-12);
        }
    }

    @Test
    void anAlignedMixScalesTheSourceAndARawOneDoesNot() {
        Map<String, Tensor> target = Map.of("w", draw(1, 4));
        Tensor update = draw(2, 4);
        var sources = List.of(new SourceUpdate("clinic", Map.of("w", update), 1, 1, 0.05));
        assertTensor(moved(Aggregation.of(new FedDa(true)), target, sources))
                .isCloseTo(times(update, 0.05), 1e-12, 1e-15);
        assertTensor(moved(Aggregation.of(new FedDa(false)), target, sources)).isCloseTo(update, 1e-12, 1e-15);
        assertThat(Alignment.ofRound(0.002, 0.01, 25, 10)).isEqualTo(0.5, within(1e-15));
    }

    @Test
    void zerosProjectToZeros() {
        Tensor zeros = torch.zeros_like(draw(1, 4));
        assertTensor(FEDGP.project(draw(1, 4), zeros)).isEqualTo(zeros);
        assertTensor(FEDGP.project(zeros, draw(1, 4))).isCloseTo(zeros, 0, 0);
        var sources = List.of(source(Map.of("w", zeros), 1, 1));
        for (Rule rule : List.of(FEDGP, new CosineScaled())) {
            assertTensor(moved(Aggregation.of(rule), Map.of("w", draw(1, 4)), sources))
                    .isEqualTo(zeros);
        }
    }

    private static Map<String, Tensor> normalized(long seed, long count) {
        Map<String, Tensor> state = state(seed);
        state.put("bn.running_mean", draw(seed + 300, 3));
        state.put("bn.num_batches_tracked", Tensors.longs(new long[] {count}).squeeze());
        return state;
    }

    @ParameterizedTest
    @EnumSource
    void runningStatisticsGoTheirOwnWayAndCountersStay(BatchNormRule rule) {
        Map<String, Tensor> global = normalized(1, 7);
        Map<String, Tensor> target = normalized(2, 3);
        Map<String, Tensor> update = normalized(3, 4);
        String name = "bn.running_mean";
        for (Granularity granularity : Granularity.values()) {
            Map<String, Tensor> next = new Aggregation(FEDGP, granularity, rule)
                    .apply(global, target, List.of(new SourceUpdate("clinic", update, 1, 1, 0.1)));
            Tensor by = of(next, name).sub(of(global, name));
            switch (rule) {
                case AVERAGED -> assertTensor(by).isCloseTo(of(update, name), 1e-12, 1e-12);
                case TARGET -> assertTensor(by).isCloseTo(of(target, name), 1e-12, 1e-12);
                case PROJECTED ->
                    assertTensor(FEDGP.project(by, of(update, name))).isCloseTo(by, 1e-9, 1e-12); // along the source
            }
            assertThat(Tensors.toLongs(of(next, "bn.num_batches_tracked"))).containsExactly(7);
        }
    }

    @Test
    void weightsStayOfTheirTypeAndTheGlobalModelAsItIs() {
        Map<String, Tensor> global = Map.of("w", draw(1, 4).to(ScalarType.Float));
        Tensor before = of(global, "w").clone();
        Map<String, Tensor> target = Map.of("w", draw(2, 4).to(ScalarType.Float));
        Tensor next = of(Aggregation.of(FEDGP).apply(global, target, List.of(source(target, 1, 0.5))), "w");
        assertThat(next.scalar_type().intern()).isEqualTo(ScalarType.Float);
        assertTensor(next).isCloseTo(before.add(of(target, "w")), 1e-6, 1e-6);
        assertTensor(of(global, "w")).isEqualTo(before);
    }

    @Test
    void clientsThatDoNotFitAreNamed() {
        Map<String, Tensor> target = state(2);
        Map<String, Tensor> wrong = state(3);
        wrong.put("a.bias", draw(1, 6));
        assertThatThrownBy(() -> moved(Aggregation.of(FEDGP), target, List.of(source(wrong, 1, 0.5))))
                .isInstanceOf(FederationException.class)
                .hasMessageContainingAll("clinic", "a.bias", "[6]", "[5]");
        wrong.remove("a.bias");
        assertThatThrownBy(() -> moved(Aggregation.of(FEDGP), target, List.of(source(wrong, 1, 0.5))))
                .hasMessageContainingAll("clinic", "a.bias", "[5]");
        wrong.put("a.bias", draw(1, 5));
        wrong.put("b.bias", draw(1, 2));
        assertThatThrownBy(() -> moved(Aggregation.of(FEDGP), target, List.of(source(wrong, 1, 0.5))))
                .hasMessageContainingAll("clinic", "b.bias", "[2]");
        assertThatThrownBy(() -> moved(Aggregation.of(FEDGP), target, List.of(source(state(3), 0.5, 0.5))))
                .hasMessageContaining("0.5");
    }

    @Test
    void numbersOutOfRangeAreSaid() {
        assertThatThrownBy(() -> source(state(1), 1, 1.5)).hasMessageContaining("1.5");
        assertThatThrownBy(() -> source(state(1), 1, Double.NaN)).hasMessageContaining("NaN");
        assertThatThrownBy(() -> source(state(1), -0.5, 1)).hasMessageContaining("-0.5");
        assertThatThrownBy(() -> new BetaSource.Fixed(-0.1)).hasMessageContaining("-0.1");
        assertThatThrownBy(() -> Alignment.ofRound(-1, 0.1, 1, 1)).hasMessageContainingAll("target", "-1.0");
        assertThatThrownBy(() -> Alignment.ofRound(1, 0.1, 1, 0)).hasMessageContainingAll("source", "0.0 steps");
        assertThatThrownBy(() -> ClientWeights.bySize(0, 0)).isInstanceOf(FederationException.class);
        assertThatThrownBy(() -> new FedAvg().average(List.of(state(1)), 0.5, 0.5))
                .isInstanceOf(FederationException.class);
    }
}
