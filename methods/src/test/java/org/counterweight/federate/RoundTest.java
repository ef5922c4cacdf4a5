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
import org.counterweight.federate.aggregate.FedDa;
import org.counterweight.federate.aggregate.FedGp;
import org.counterweight.federate.client.FederationException;
import org.counterweight.federate.client.LocalResult;
import org.counterweight.federate.client.LocalTraining;
import org.counterweight.federate.client.Recording;
import org.counterweight.federate.client.Updates;
import org.counterweight.federate.personal.Apfl;
import org.counterweight.federate.personal.Ditto;
import org.counterweight.federate.personal.LossGradient;
import org.counterweight.federate.personal.NearestNeighbours;
import org.counterweight.federate.weigh.BetaRule;
import org.counterweight.model.Batch;
import org.counterweight.model.part.Activation;
import org.counterweight.model.zoo.image.Mlp;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whole rounds, the local training in them, and the personal models beside them. */
class RoundTest {
    private static final Mlp MODEL = new Mlp(5, List.of(4), 3, Activation.RELU, 0);
    private static final Round AUTO =
            new Round(Aggregation.of(new FedGp(true)), new BetaSource.Auto(BetaRule.FEDGP, true), true);

    private final Scope scope = Scope.open();
    private final Map<String, Tensor> global = MODEL.initialize(new Seed(1).generator());

    @AfterEach
    void close() {
        scope.close();
    }

    private static List<Batch> batches(long seed, int count, long rows) {
        var batches = new ArrayList<Batch>();
        for (int i = 0; i < count; i++) {
            Tensor x = torch.empty(rows, 5)
                    .normal_(0, 1, Tensors.optional(new Seed(seed).child(i).generator()));
            Tensor y = x.select(1, 0).gt(Tensors.scalar(0)).to(ScalarType.Long); // of the first number's sign
            batches.add(new Batch(Map.of(Batch.INPUTS, x, Batch.LABELS, y)));
        }
        return batches;
    }

    private LocalResult train(int epochs, Recording recording, List<Batch> batches) {
        return LocalTraining.adam(0.01, epochs, recording).train(MODEL, global, batches, new Seed(3));
    }

    private ClientReport report(String client, long seed, int batches, Recording recording) {
        return new ClientReport(client, 0.01, train(1, recording, batches(seed, batches, 6)));
    }

    /** The same client with an update that is no number. */
    private static ClientReport broken(ClientReport report) {
        LocalResult whole = report.result();
        var update = new LinkedHashMap<>(whole.update());
        update.replaceAll((name, tensor) -> times(tensor, Double.NaN));
        return new ClientReport(
                report.client(),
                report.rate(),
                new LocalResult(
                        whole.weights(),
                        update,
                        whole.mean(),
                        whole.steps(),
                        whole.batches(),
                        whole.rows(),
                        whole.losses(),
                        whole.sumOfSquares(),
                        whole.perStep()));
    }

    private static Tensor of(Map<String, Tensor> tensors, String name) {
        return Objects.requireNonNull(tensors.get(name));
    }

    @Test
    void stepsAddUpToTheUpdateAndTheGlobalModelStays() {
        Map<String, Tensor> before = new LinkedHashMap<>(global);
        before.replaceAll((name, tensor) -> tensor.clone());
        LocalResult full = train(3, Recording.FULL, batches(5, 4, 6));
        Tensor each = Objects.requireNonNull(full.perStep());
        assertTensor(times(Tensors.sum(each, false, 0), 3)).isCloseTo(Updates.flat(full.update()), 1e-4, 1e-6);
        assertTensor(times(full.mean(), 12)).isCloseTo(Updates.flat(full.update()), 1e-4, 1e-6);
        assertThat(full.steps()).isEqualTo(12);
        assertThat(full.batches()).isEqualTo(4);
        assertThat(full.rows()).isEqualTo(24);
        assertThat(full.losses()).hasSize(12);
        assertThat(full.losses().get(11)).isLessThan(full.losses().get(0));
        global.forEach((name, tensor) -> {
            assertTensor(tensor).isEqualTo(of(before, name));
            assertTensor(of(full.weights(), name)).isCloseTo(tensor.add(of(full.update(), name)), 1e-5, 1e-6);
            assertThat(of(full.weights(), name).requires_grad()).isFalse();
        });
    }

    @Test
    void whatIsRecordedChangesNothingAndTheSumOfSquaresIsThatOfTheSteps() {
        for (int epochs : new int[] {1, 3}) {
            LocalResult none = train(epochs, Recording.NONE, batches(5, 4, 6));
            LocalResult lean = train(epochs, Recording.LEAN, batches(5, 4, 6));
            LocalResult full = train(epochs, Recording.FULL, batches(5, 4, 6));
            assertTensor(lean.mean()).isEqualTo(none.mean());
            assertTensor(full.mean()).isEqualTo(none.mean());
            assertThat(none.sumOfSquares()).isNull();
            assertThat(none.perStep()).isNull();
            assertThat(lean.perStep()).isNull();
            Tensor each = Objects.requireNonNull(full.perStep());
            double squares = Updates.dot(each, each);
            assertThat(Objects.requireNonNull(lean.sumOfSquares())).isEqualTo(squares, within(1e-6 * squares));
            assertThat(Objects.requireNonNull(full.sumOfSquares())).isEqualTo(squares, within(1e-6 * squares));
        }
    }

    @Test
    void theServerNeedsOneNumberOfTheTargetInPlaceOfItsSteps() {
        List<ClientReport> sources = List.of(report("a", 10, 3, Recording.NONE), report("b", 11, 5, Recording.NONE));
        Round round = new Round(AUTO.aggregation(), new BetaSource.Auto(BetaRule.FEDDA, true), true);
        Round.Outcome full = round.next(global, report("t", 20, 4, Recording.FULL), sources);
        Round.Outcome lean = round.next(global, report("t", 20, 4, Recording.LEAN), sources);
        assertThat(lean.betas().keySet()).containsExactly("a", "b");
        lean.betas()
                .forEach((client, beta) -> assertThat(beta)
                        .isEqualTo(Objects.requireNonNull(full.betas().get(client)), within(1e-5)));
        ClientReport silent = report("t", 20, 4, Recording.NONE);
        assertThatThrownBy(() -> round.next(global, silent, sources))
                .isInstanceOf(FederationException.class)
                .hasMessageContaining("recorded nothing");
        ClientReport oneBatch = report("t", 20, 1, Recording.LEAN);
        assertThatThrownBy(() -> round.next(global, oneBatch, sources))
                .hasMessageContaining("at least 2 target batches");
    }

    @Test
    void aSourceThatIsNoNumberStaysOutAndTheOthersShareItsWeight() {
        ClientReport target = report("t", 20, 4, Recording.FULL);
        ClientReport good = report("good", 10, 3, Recording.NONE);
        ClientReport bad = broken(report("bad", 11, 3, Recording.NONE));
        Round.Outcome found = AUTO.next(global, target, List.of(bad, good));
        assertThat(found.dropped()).containsExactly("bad");
        AUTO.next(global, target, List.of(good))
                .global()
                .forEach(
                        (name, tensor) -> assertTensor(of(found.global(), name)).isEqualTo(tensor));
        Round.Outcome none = AUTO.next(global, target, List.of(bad));
        none.global().forEach((name, tensor) -> assertTensor(tensor).isEqualTo(of(global, name)));
        assertThatThrownBy(() -> AUTO.next(global, broken(target), List.of(good)))
                .isInstanceOf(FederationException.class)
                .hasMessageContaining("client t");
    }

    @Test
    void withoutSourcesTheTargetGoesOnAlone() {
        ClientReport target = report("t", 20, 4, Recording.NONE);
        Round.Outcome found = AUTO.next(global, target, List.of());
        assertThat(found.estimate()).isNull();
        found.global()
                .forEach((name, tensor) ->
                        assertTensor(tensor).isCloseTo(of(target.result().weights(), name), 1e-6, 1e-7));
    }

    @Test
    void aSourceCountsByItsRowsOrLikeTheOthers() {
        ClientReport target = report("t", 20, 4, Recording.NONE);
        List<ClientReport> sources = List.of(report("a", 10, 1, Recording.NONE), report("b", 11, 3, Recording.NONE));
        for (boolean bySize : new boolean[] {false, true}) {
            var round = new Round(Aggregation.of(new FedDa(false)), new BetaSource.Fixed(1), bySize);
            Map<String, Tensor> next = round.next(global, target, sources).global();
            double share = bySize ? 0.25 : 0.5;
            global.forEach((name, tensor) -> assertTensor(of(next, name))
                    .isCloseTo(
                            tensor.add(times(of(sources.get(0).result().update(), name), share))
                                    .add(times(of(sources.get(1).result().update(), name), 1 - share)),
                            1e-5,
                            1e-6));
        }
    }

    @Test
    void dittoWithoutAPullIsPlainDescentAndAStrongOneHolds() {
        LossGradient gradient = LossGradient.of(MODEL, batches(5, 1, 8).get(0));
        Map<String, Tensor> personal = MODEL.initialize(new Seed(2).generator());
        Map<String, Tensor> slope = gradient.at(personal);
        new Ditto(0.1, 0)
                .step(personal, global, gradient)
                .forEach((name, tensor) -> assertTensor(tensor)
                        .isCloseTo(of(personal, name).sub(times(of(slope, name), 0.1)), 1e-6, 1e-7));
        Map<String, Tensor> still = gradient.at(global);
        new Ditto(0.1, 1e3)
                .step(global, global, gradient)
                .forEach((name, tensor) ->
                        assertTensor(tensor).isCloseTo(of(global, name).sub(times(of(still, name), 0.1)), 1e-6, 1e-7));
    }

    @Test
    void aMixtureOfNothingPersonalTrainsTheGlobalModelAlone() {
        LossGradient gradient = LossGradient.of(MODEL, batches(5, 1, 8).get(0));
        Map<String, Tensor> personal = MODEL.initialize(new Seed(2).generator());
        Apfl.State after = new Apfl(0.1).step(new Apfl.State(global, personal, 0), gradient);
        after.personal().forEach((name, tensor) -> assertTensor(tensor).isEqualTo(of(personal, name)));
        assertThat(after.alpha()).isBetween(0.0, 1.0);
        after.mixed(0).forEach((name, tensor) -> assertTensor(tensor).isEqualTo(of(after.global(), name)));
        assertThatThrownBy(() -> new Apfl.State(global, personal, 1.1)).hasMessageContaining("1.1");
    }

    @Test
    void neighboursVoteByTheirDistanceHoweverFarTheyAre() {
        Tensor keys = Tensors.doubles(new double[] {0, 1, 5000, 5001}, 4, 1);
        var two = new NearestNeighbours(keys, Tensors.longs(new long[] {0, 1, 2, 2}), 3, 2);
        double near = 1 / (1 + Math.exp(-1));
        Tensor queries = Tensors.doubles(new double[] {0, 2000, 9000}, 3, 1);
        assertTensor(two.probabilities(queries))
                .isCloseTo(
                        Tensors.doubles(new double[] {near, 1 - near, 0, 1 - near, near, 0, 0, 0, 1}, 3, 3),
                        1e-9,
                        1e-12);
        Tensor even = Tensors.doubles(new double[] {0.5, 0.5, 0, 0.5, 0.5, 0, 0.5, 0.5, 0}, 3, 3);
        assertTensor(two.mixed(queries, even, 0)).isEqualTo(even);
        assertThatThrownBy(() -> two.mixed(queries, even, 2)).hasMessageContaining("2.0");
        assertThatThrownBy(() -> new NearestNeighbours(keys, Tensors.longs(new long[] {0}), 3, 2))
                .hasMessageContainingAll("4", "1");
        assertThatThrownBy(() -> new NearestNeighbours(keys, keys, 3, 0)).hasMessageContaining("k is 0");
    }
}
