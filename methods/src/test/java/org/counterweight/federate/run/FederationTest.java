package org.counterweight.federate.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.Configs;
import org.counterweight.data.LabelledDataset;
import org.counterweight.data.image.ImageSet;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.federate.call.Participant;
import org.counterweight.federate.client.FederationException;
import org.counterweight.federate.settings.FederateConfig;
import org.counterweight.federate.settings.FederatedAlgorithm;
import org.counterweight.model.Model;
import org.counterweight.model.part.Activation;
import org.counterweight.model.part.Normalization;
import org.counterweight.model.zoo.image.ConvNet;
import org.counterweight.model.zoo.image.Mlp;
import org.counterweight.train.state.TrainingException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Rounds of small clients: every way, broken off and gone on with, with clients that die, are slow or send what is no number. */
class FederationTest {
    private static final LabelledDataset DIGITS = ImageSet.digits();
    private static final Model MLP = new Mlp(64, List.of(8), 10, Activation.RELU, 0);
    private static final String SETTINGS = """
        {rounds: 3, warmup_rounds: 1, source_batch_size: 16, target_batch_size: 8, finetune_epochs: 2, k: 3}\
        """;

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

    private static FederateConfig config(String... changes) {
        var tree = Configs.yaml(SETTINGS, "test");
        for (int i = 0; i < changes.length; i += 2) {
            tree.set(changes[i], Configs.JSON.readTree(changes[i + 1]));
        }
        return Configs.bind(tree, FederateConfig.class, "federate");
    }

    private static Participant client(int number, int failsFrom, double delay) {
        return new Participant(
                "client" + number,
                rows(100 + 32 * number, 132 + 32 * number),
                new Participant.Rehearsal(failsFrom, delay));
    }

    private static Federation federation(FederateConfig config, Model model, List<Participant> sources, int parallel) {
        return federation(
                config, model, new Participant("mine", rows(0, 24), Participant.Rehearsal.NONE), sources, parallel);
    }

    private static Federation federation(
            FederateConfig config, Model model, Participant target, List<Participant> sources, int parallel) {
        Map<String, Tensor> start = model.initialize(new Seed(1).generator());
        var wanted = new Target(target, rows(0, 60), rows(1200, 1300));
        return new Federation(config, model, start, wanted, sources, new Seed(3), parallel);
    }

    private static List<Participant> three() {
        return List.of(client(0, 0, 0), client(1, 0, 0), client(2, 0, 0));
    }

    /** Stops after so many rounds. */
    private static final class Stopping implements Federation.Following {
        private final int rounds;
        private final List<RoundLog> seen = new ArrayList<>();

        Stopping(int rounds) {
            this.rounds = rounds;
        }

        @Override
        public boolean isStopped() {
            return seen.size() >= rounds;
        }

        @Override
        public void round(FederatedAlgorithm way, RoundLog log) {
            seen.add(log);
        }
    }

    private static Federated whole(Federation federation, FederatedAlgorithm way) {
        return Objects.requireNonNull(federation.run(way, null, new Stopping(Integer.MAX_VALUE)));
    }

    private static void same(Federated one, Federated other) {
        assertThat(one.rounds()).isEqualTo(other.rounds());
        one.weights()
                .forEach((name, tensor) -> assertTensor(tensor)
                        .as(name)
                        .isEqualTo(Objects.requireNonNull(other.weights().get(name))));
    }

    @ParameterizedTest
    @EnumSource(FederatedAlgorithm.class)
    void everyWayGoesThroughItsRounds(FederatedAlgorithm way) {
        Federated found = whole(federation(config(), MLP, three(), 2), way);
        assertThat(found.ended()).isNull();
        assertThat(found.rounds()).hasSize(way.mixes() ? 4 : 3);
        RoundLog last = found.rounds().get(found.rounds().size() - 1);
        assertThat(last.present()).hasSize((way.hasSources() ? 3 : 0) + (way.hasTarget() ? 1 : 0));
        assertThat(last.betas()).hasSize(way.mixes() ? 3 : 0);
        assertThat(last.up()).isEqualTo(last.present().size() * 4L * (64 * 8 + 8 + 80 + 10) + (way.mixes() ? 8 : 0));
        assertThat(found.accuracy()).isBetween(0.0, 1.0);
        assertThat(found.share() != null)
                .isEqualTo(way == FederatedAlgorithm.APFL || way == FederatedAlgorithm.KNN_PER);
    }

    @ParameterizedTest
    @EnumSource(
            value = FederatedAlgorithm.class,
            names = {"FEDGP", "APFL"})
    void brokenOffItGoesOnToTheSameModel(FederatedAlgorithm way) {
        Federation federation = federation(config(), MLP, three(), 2);
        Path file = root.resolve("state.safetensors");
        assertThat(federation.run(way, file, new Stopping(2))).isNull();
        Federated resumed = Objects.requireNonNull(federation.run(way, file, new Stopping(Integer.MAX_VALUE)));
        same(resumed, whole(federation, way));
        assertThatThrownBy(() -> federation(config("beta", "0.5"), MLP, three(), 2)
                        .run(way, file, new Stopping(Integer.MAX_VALUE)))
                .isInstanceOf(TrainingException.class)
                .hasMessageContaining("was written under other settings");
    }

    @Test
    void howManyComputeAtATimeChangesNothing() {
        same(
                whole(federation(config(), MLP, three(), 1), FederatedAlgorithm.FEDGP),
                whole(federation(config(), MLP, three(), 4), FederatedAlgorithm.FEDGP));
    }

    @Test
    void aWeightOfZeroIsTheTargetAlone() {
        FederateConfig alone = config("beta", "0.0", "warmup_rounds", "0");
        Federated mixed = whole(federation(alone, MLP, three(), 2), FederatedAlgorithm.FEDGP);
        Federated target = whole(federation(alone, MLP, three(), 2), FederatedAlgorithm.TARGET_ONLY);
        mixed.weights()
                .forEach((name, tensor) -> assertTensor(tensor)
                        .as(name)
                        .isCloseTo(Objects.requireNonNull(target.weights().get(name)), 1e-5, 1e-6));
    }

    /** Three of twenty die in the second round, two never answer in time: the rounds go on and say so. */
    @Test
    void roundsGoOnWithoutTheDeadAndTheSlow() {
        var sources = new ArrayList<Participant>();
        for (int i = 0; i < 19; i++) {
            sources.add(client(i, i < 3 ? 2 : 0, i == 3 || i == 4 ? 3600 : 0));
        }
        FederateConfig config = config("rounds", "2", "warmup_rounds", "0", "round_seconds", "4.0");
        Federated found = whole(federation(config, MLP, sources, 2), FederatedAlgorithm.FEDGP);
        assertThat(found.ended()).isNull();
        assertThat(found.rounds().get(0).missing())
                .containsEntry("client3", "late")
                .containsEntry("client4", "late");
        assertThat(found.rounds().get(1).missing())
                .containsEntry("client0", "it died in mid-round, as its rehearsal says")
                .containsKeys("client1", "client2", "client3", "client4");
        assertThat(found.rounds().get(1).present()).contains("mine", "client18").hasSizeLessThanOrEqualTo(15);
    }

    @Test
    void withoutTheTargetNothingIsAggregated() {
        var dying = new Participant("mine", rows(0, 24), new Participant.Rehearsal(2, 0));
        Federated found = whole(federation(config(), MLP, dying, three(), 2), FederatedAlgorithm.FEDGP);
        assertThat(found.ended())
                .contains("round 2 needs the target, mine, without which sources are never aggregated, and has 3")
                .contains("mine (it died in mid-round");
        assertThat(found.rounds()).as("those before it count").hasSize(2);
        assertThat(found.weights().values())
                .allMatch(tensor -> tensor.isfinite().all().item_bool());
    }

    @Test
    void tooFewEndInTheTimeThatIsStated() {
        List<Participant> slow = List.of(client(0, 0, 3600), client(1, 0, 3600));
        Federated found = whole(federation(config("wait_seconds", "1.0"), MLP, slow, 2), FederatedAlgorithm.FEDAVG);
        assertThat(found.ended())
                .contains("round 1 needs 2 clients, and has 1; missing: client0 (late), client1 (late)")
                .contains("--resume");
    }

    @Test
    void whatIsNoNumberIsLeftOutAndEndsAfterThreeRounds() {
        FederateConfig wild = config("source_lr", "1e37", "rounds", "5");
        Federated found = whole(federation(wild, MLP, three(), 2), FederatedAlgorithm.SOURCE_ONLY);
        assertThat(found.ended()).contains("for 3 rounds no client's update could be used (client0, client1, client2)");
        assertThat(found.rounds())
                .hasSize(2)
                .allSatisfy(
                        log -> assertThat(log.missing()).containsEntry("client1", "its update holds NaN or infinity"));
    }

    @Test
    void aClientWithoutRowsIsRefusedByName() {
        assertThatThrownBy(() -> new Participant("empty", rows(0, 0), Participant.Rehearsal.NONE))
                .isInstanceOf(FederationException.class)
                .hasMessageContaining("client empty has no rows to train on");
    }

    @Test
    void runningStatisticsStayOrAreTheTargetsOwn() {
        Model net = new ConvNet(1, 8, 3, 1, Normalization.BATCH, 10);
        String mean = "features.1.running_mean";
        Tensor frozen = Objects.requireNonNull(
                whole(federation(config("batch_norm", "\"frozen\""), net, three(), 2), FederatedAlgorithm.FEDGP)
                        .weights()
                        .get(mean));
        assertThat(frozen.abs().sum().item_double()).as("as it began").isZero();
        Tensor averaged = Objects.requireNonNull(whole(federation(config(), net, three(), 2), FederatedAlgorithm.FEDGP)
                .weights()
                .get(mean));
        FederateConfig local = config("batch_norm", "\"local\"");
        Federation own = federation(local, net, three(), 2);
        Path file = root.resolve("local.safetensors");
        assertThat(own.run(FederatedAlgorithm.FEDAVG, file, new Stopping(1))).isNull();
        Federated resumed =
                Objects.requireNonNull(own.run(FederatedAlgorithm.FEDAVG, file, new Stopping(Integer.MAX_VALUE)));
        same(resumed, whole(own, FederatedAlgorithm.FEDAVG));
        assertThat(Objects.requireNonNull(resumed.weights().get(mean)).equal(averaged))
                .isFalse();
    }
}
