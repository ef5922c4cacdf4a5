package org.counterweight.federate.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.Configs;
import org.counterweight.data.LabelledDataset;
import org.counterweight.data.image.ImageSet;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.federate.aggregate.Mix;
import org.counterweight.federate.aggregate.Products;
import org.counterweight.federate.aggregate.ReversedGp;
import org.counterweight.federate.call.Participant;
import org.counterweight.federate.client.FederationException;
import org.counterweight.federate.settings.FederateConfig;
import org.counterweight.federate.settings.FederatedAlgorithm;
import org.counterweight.model.Model;
import org.counterweight.model.part.Activation;
import org.counterweight.model.zoo.image.Mlp;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the official code can do besides: some of the sources, the target from their mean, the projection turned round, an end. */
class VariantsTest {
    private static final LabelledDataset DIGITS = ImageSet.digits();
    private static final Model MLP = new Mlp(64, List.of(8), 10, Activation.RELU, 0);

    @TempDir
    private Path root;

    private final Scope scope = Scope.open();

    @AfterEach
    void close() {
        scope.close();
    }

    private static LabelledDataset rows(int from, int to) {
        return DIGITS.select(IntStream.range(from, to).toArray());
    }

    private static Federation federation(int targetRows, String settings) {
        var tree = Configs.yaml("{rounds: 3, warmup_rounds: 1, source_batch_size: 16, target_batch_size: 8}", "test");
        tree.setAll(Configs.yaml("{" + settings + "}", "test"));
        FederateConfig config = Configs.bind(tree, FederateConfig.class, "federate");
        var sources = new ArrayList<Participant>();
        for (int i = 0; i < 4; i++) {
            sources.add(new Participant("client" + i, rows(100 + 32 * i, 132 + 32 * i), Participant.Rehearsal.NONE));
        }
        return new Federation(
                config,
                MLP,
                MLP.initialize(new Seed(1).generator()),
                new Target(
                        new Participant("mine", rows(0, targetRows), Participant.Rehearsal.NONE),
                        rows(0, 60),
                        rows(1200, 1300)),
                sources,
                new Seed(3),
                2);
    }

    /** Stops after so many rounds. */
    private static Federation.Following stopping(int rounds) {
        int[] seen = {0};
        return new Federation.Following() {
            @Override
            public boolean isStopped() {
                return seen[0] >= rounds;
            }

            @Override
            public void round(FederatedAlgorithm way, RoundLog log) {
                seen[0]++;
            }
        };
    }

    private static Federated whole(Federation federation, FederatedAlgorithm way) {
        return Objects.requireNonNull(federation.run(way, null, stopping(Integer.MAX_VALUE)));
    }

    private void goesOnToTheSame(Federation federation) {
        Path file = root.resolve("state.safetensors");
        assertThat(federation.run(FederatedAlgorithm.FEDGP, file, stopping(2))).isNull();
        Federated resumed =
                Objects.requireNonNull(federation.run(FederatedAlgorithm.FEDGP, file, stopping(Integer.MAX_VALUE)));
        Federated whole = whole(federation, FederatedAlgorithm.FEDGP);
        assertThat(resumed.rounds()).isEqualTo(whole.rounds());
        whole.weights()
                .forEach((name, tensor) -> assertTensor(
                                Objects.requireNonNull(resumed.weights().get(name)))
                        .as(name)
                        .isEqualTo(tensor));
    }

    @Test
    void someOfTheSourcesAreDrawnForEachRound() {
        Federation half = federation(24, "part_rate: 0.5, rounds: 6");
        Federated found = whole(half, FederatedAlgorithm.FEDGP);
        var seen = new TreeSet<String>();
        for (RoundLog log : found.rounds()) {
            assertThat(log.present().stream().filter(name -> !name.equals("mine")))
                    .hasSize(2);
            seen.addAll(log.present());
        }
        assertThat(seen).as("not always the same").hasSizeGreaterThan(3);
        assertThat(whole(federation(24, "part_rate: 0.01"), FederatedAlgorithm.FEDAVG)
                        .rounds()
                        .get(0)
                        .present())
                .as("one at least")
                .hasSize(2);
        goesOnToTheSame(half);
    }

    /** With a weight of 0 all that is left of the sources is where the target begins: their mean. */
    @Test
    void theTargetBeginsFromTheMeanOfTheSources() {
        Federation first = federation(24, "mean_first: true, beta: 0.0, warmup_rounds: 0");
        Federated found = whole(first, FederatedAlgorithm.FEDGP);
        assertThat(found.rounds().get(0).present()).containsExactly("client0", "client1", "client2", "client3", "mine");
        Federated alone = whole(federation(24, "beta: 0.0, warmup_rounds: 0"), FederatedAlgorithm.FEDGP);
        assertThat(Objects.requireNonNull(found.weights().get("layers.0.weight"))
                        .equal(Objects.requireNonNull(alone.weights().get("layers.0.weight"))))
                .isFalse();
        assertThat(found.accuracy()).as("more than twenty-four rows can teach").isGreaterThan(alone.accuracy());
        goesOnToTheSame(federation(24, "mean_first: true"));
    }

    @Test
    void turnedRoundSourcesSayHowFarTheTargetGoes() {
        Tensor target = Tensors.doubles(new double[] {3, 4}, 2);
        Tensor along = Tensors.doubles(new double[] {6, 8}, 2);
        Tensor against = Tensors.doubles(new double[] {-3, -4}, 2);
        Tensor half = Tensors.doubles(new double[] {5, 0}, 2);
        Mix mix = new ReversedGp().mix(Products.of(target, along), 0.5, 7);
        assertThat(mix.target()).isCloseTo(1, within(1e-12));
        assertThat(mix.source()).isZero();
        assertThat(new ReversedGp().mix(Products.of(target, against), 0.5, 7).target())
                .isEqualTo(0.5);
        assertThat(new ReversedGp().mix(Products.of(target, half), 0.5, 7).target())
                .isCloseTo(0.8, within(1e-12));
        assertThat(whole(federation(24, "projection: reversed"), FederatedAlgorithm.FEDGP)
                        .ended())
                .isNull();
    }

    @Test
    void itEndsWithTheBestRound() {
        Federation federation = federation(40, "early_stop: 2, rounds: 60, target_lr: 0.3, beta: 0.0");
        Federated found = whole(federation, FederatedAlgorithm.TARGET_ONLY);
        int rounds = found.rounds().size();
        assertThat(rounds).isLessThan(60);
        assertThat(found.ended()).as("no failure").isNull();
        Federated then = whole(
                federation(40, "early_stop: 60, rounds: " + (rounds - 2) + ", target_lr: 0.3, beta: 0.0"),
                FederatedAlgorithm.TARGET_ONLY);
        Map<String, Tensor> best = found.weights();
        then.weights()
                .forEach((name, tensor) -> assertTensor(Objects.requireNonNull(best.get(name)))
                        .as(name + " is that of two rounds before the end")
                        .isEqualTo(tensor));
        goesOnToTheSame(federation(40, "early_stop: 1, rounds: 8, target_lr: 0.1"));
        assertThatThrownBy(() -> whole(federation(2, "early_stop: 2"), FederatedAlgorithm.FEDGP))
                .isInstanceOf(FederationException.class)
                .hasMessageContaining("client mine has 2 rows, of which federate.validation_share keeps 0 back");
    }
}
