package org.counterweight.distill.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.data.LabelledDataset;
import org.counterweight.data.image.ImageSet;
import org.counterweight.distill.FlatModel;
import org.counterweight.distill.expert.Experts;
import org.counterweight.distill.real.PixelScale;
import org.counterweight.distill.real.RealImages;
import org.counterweight.distill.settings.DistillConfig;
import org.counterweight.distill.settings.DistillationMethod;
import org.counterweight.distill.trial.Trial;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.part.Normalization;
import org.counterweight.model.zoo.image.ConvNet;
import org.counterweight.train.state.TrainingException;
import org.counterweight.weights.WeightsException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whole distillations of a few digits: each way to them, broken off and gone on with, diverging, and what is on disk. */
class DistillationTest {
    private static final ConvNet NETWORK = new ConvNet(1, 8, 4, 1, Normalization.INSTANCE, 10);
    private static final FlatModel MODEL = new FlatModel(NETWORK);
    private static final String SETTINGS = """
            {ipc: 1, iterations: 4, syn_steps: 3, expert_epochs: 2, max_start_epoch: 2, lr_img: 5, lr_lr: 1e-3,
             batch_real: 8, evaluate_every: 2, experts: {count: 2, epochs: 3, batch_size: 32, lr: 0.1},
             trial: {networks: 2, epochs: 20, batch_size: 8}}""";

    @TempDir
    private Path root;

    private Scope scope;
    private RealImages real;
    private RealImages held;
    private List<String> names;

    @BeforeEach
    void read() {
        scope = Scope.open();
        LabelledDataset digits = ImageSet.digits();
        names = digits.labelNames();
        LabelledDataset some = digits.select(IntStream.range(0, 120).toArray());
        var scale = PixelScale.of(RealImages.pixels(some));
        real = RealImages.of(some, scale);
        held = RealImages.of(digits.select(IntStream.range(200, 260).toArray()), scale);
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private static DistillConfig config(DistillationMethod way, String... changes) {
        var tree = Configs.yaml(SETTINGS, "test");
        tree.put("method", way.key());
        for (int i = 0; i < changes.length; i += 2) {
            tree.set(changes[i], Configs.JSON.readTree(changes[i + 1]));
        }
        return Configs.bind(tree, DistillConfig.class, "distill");
    }

    /** Stops after so many steps. */
    private static final class Stopping implements Distillation.Following {
        private final int steps;
        private final List<String> remarks = new ArrayList<>();
        private int taken;

        Stopping(int steps) {
            this.steps = steps;
        }

        @Override
        public boolean isStopped() {
            return taken >= steps;
        }

        @Override
        public void stepped(int iteration, double loss) {
            taken++;
        }

        @Override
        public void looked(SyntheticScore look) {}

        @Override
        public void remark(String line) {
            remarks.add(line);
        }
    }

    private static final Experts.Following WHOLE = new Experts.Following() {
        @Override
        public boolean isStopped() {
            return false;
        }

        @Override
        public void epoch() {}
    };

    private Experts experts(DistillConfig config) {
        var experts = new Experts(root.resolve("experts-" + config.method().key()), MODEL, config.resolvedExperts(), 3);
        assertThat(experts.record(real, config.dsa(), new Seed(3), WHOLE)).isTrue();
        return experts;
    }

    private @Nullable Distilled distilled(DistillConfig config, @Nullable Path file, Distillation.Following following) {
        Experts experts = config.method().needsExperts() ? experts(config) : null;
        try (Experts.Recorded recorded = experts == null ? null : experts.open()) {
            return new Distillation(config, MODEL, real, held, names, recorded, new Seed(5)).run(file, following);
        }
    }

    private Distilled whole(DistillConfig config) {
        return Objects.requireNonNull(distilled(config, null, new Stopping(Integer.MAX_VALUE)));
    }

    @ParameterizedTest
    @EnumSource(DistillationMethod.class)
    void everyWayGivesImagesOfEachClass(DistillationMethod way) {
        Distilled found = whole(config(way));
        assertThat(Tensors.shape(found.set().images())).containsExactly(10, 1, 8, 8);
        assertThat(found.set().images().isfinite().all().item_bool()).isTrue();
        assertThat(Tensors.toLongs(found.set().labels()))
                .containsExactly(IntStream.range(0, 10).asLongStream().toArray());
        assertThat(found.looks()).hasSize(way.learns() ? 3 : 1);
        assertThat(found.losses()).hasSize(way.learns() ? 4 : 0);
        if (way.learns()) {
            assertThat(found.snapshots().select(0, 0).equal(found.snapshots().select(0, 2)))
                    .as("images that did not move")
                    .isFalse();
        }
        if (way.followsExperts()) {
            assertThat(found.looks().get(2).rate())
                    .isNotEqualTo(found.looks().get(0).rate());
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = DistillationMethod.class,
            names = {"AST", "DM", "DC"})
    void brokenOffItGoesOnToTheSameImages(DistillationMethod way) {
        Distilled unbroken = whole(config(way));
        Path file = root.resolve("state.safetensors");
        assertThat(distilled(config(way), file, new Stopping(3))).isNull();
        Distilled resumed = Objects.requireNonNull(distilled(config(way), file, new Stopping(Integer.MAX_VALUE)));
        assertThat(resumed.losses()).isEqualTo(unbroken.losses());
        assertThat(resumed.looks()).isEqualTo(unbroken.looks());
        assertTensor(resumed.set().images()).isEqualTo(unbroken.set().images());
        assertTensor(resumed.snapshots()).isEqualTo(unbroken.snapshots());
    }

    @Test
    void aStateOfOtherSettingsIsRefused() {
        Path file = root.resolve("state.safetensors");
        assertThat(distilled(config(DistillationMethod.DM), file, new Stopping(1)))
                .isNull();
        assertThatThrownBy(() -> distilled(config(DistillationMethod.DM, "ipc", "2"), file, new Stopping(1)))
                .isInstanceOf(TrainingException.class)
                .hasMessageContaining("was written under other settings");
    }

    @Test
    void constantMemoryAndUnrollingMoveTheImagesAlike() {
        Tensor swept = whole(config(DistillationMethod.AST, "iterations", "2", "engine", "\"sweep\""))
                .snapshots();
        Tensor unrolled = whole(config(DistillationMethod.AST, "iterations", "2", "engine", "\"unroll\""))
                .snapshots();
        assertTensor(swept).isCloseTo(unrolled, 1e-3, 1e-4);
    }

    @Test
    void aTeachersLabelsAreProbabilities() {
        Distilled found = whole(config(DistillationMethod.TESLA, "soft_labels", "\"teacher\""));
        assertThat(found.snapshots().size(0)).isEqualTo(3);
        assertThat(found.best().iteration() == 0 || found.set().isSoft()).isTrue();
    }

    @Test
    void aRateThatDivergesEndsWithAdvice() {
        var following = new Stopping(Integer.MAX_VALUE);
        assertThatThrownBy(() -> distilled(
                        config(DistillationMethod.MTT, "lr_teacher", "1e25", "iterations", "9"), null, following))
                .isInstanceOf(TrainingException.class)
                .hasMessageContaining("no number 5 times in a row, at a learned rate of")
                .hasMessageContaining("lower distill.lr_lr");
        assertThat(following.remarks).hasSize(4).allMatch(line -> line.contains("both rates are halved"));
    }

    @Test
    void aRateAtItsFloorIsSaid() {
        var following = new Stopping(Integer.MAX_VALUE);
        Distilled found = Objects.requireNonNull(distilled(
                config(DistillationMethod.MTT, "lr_lr", "10", "lr_teacher", "2.0", "lr_floor", "0.009"),
                null,
                following));
        assertThat(found.floored()).isPositive();
        assertThat(following.remarks).anyMatch(line -> line.contains("fell to its floor, 9.0e-03"));
    }

    @Test
    void expertsAreRecordedOnceAndKnowHow() throws Exception {
        DistillConfig config = config(DistillationMethod.AST);
        Experts experts = experts(config);
        byte[] second = Files.readAllBytes(experts.file(1));
        Files.delete(experts.file(1));
        experts(config);
        assertThat(Files.readAllBytes(experts.file(1))).isEqualTo(second);
        var other = new Experts(
                experts.directory(), MODEL, config(DistillationMethod.MTT).resolvedExperts(), 3);
        assertThatThrownBy(() -> other.record(real, config.dsa(), new Seed(3), WHOLE))
                .isInstanceOf(WeightsException.class)
                .hasMessageContaining("was trained otherwise (settings)");
    }

    @Test
    void aFreshNetworkLearnsFromTheFileAloneWhatTheSetIsWorth() {
        DistillConfig config = config(DistillationMethod.HERDING);
        Distilled found = whole(config);
        Path file = root.resolve(DistilledFile.NAME);
        PixelScale scale = new PixelScale(new double[] {0.3}, new double[] {0.4});
        new DistilledFile(found.set(), names, scale, config.dsaStrategy()).write(file, Map.of());
        DistilledFile read = DistilledFile.read(root);
        assertThat(read.labels()).isEqualTo(names);
        assertThat(read.scale()).isEqualTo(scale);
        var trial = new Trial(config.trial(), config.dsa());
        List<Double> told = trial.accuracies(MODEL, found.set(), held, new Seed(9), () -> false);
        assertThat(trial.accuracies(MODEL, read.set(), held, new Seed(9), () -> false))
                .isEqualTo(told)
                .hasSize(2);
    }

    @Test
    void scalingIsTakenBack() {
        Tensor pixels = RealImages.pixels(ImageSet.digits().select(3, 4));
        PixelScale scale = PixelScale.of(pixels);
        Tensor images = scale.apply(pixels);
        assertTensor(scale.back(images)).isCloseTo(pixels, 1e-5, 1e-6);
        assertThat(images.mean().item_double()).isCloseTo(0, within(1e-5));
    }

    @Test
    void memoryGrowsWithUnrollingAlone() {
        long few = need("sweep", 5);
        assertThat(need("sweep", 50) - few).isEqualTo(45 * 4 * MODEL.length());
        assertThat(need("unroll", 50)).isGreaterThan(8 * need("unroll", 5) / 2).isGreaterThan(4 * need("sweep", 50));
    }

    private static long need(String engine, int steps) {
        DistillConfig config =
                config(DistillationMethod.AST, "engine", "\"" + engine + "\"", "syn_steps", String.valueOf(steps));
        return MemoryNeed.of(config, NETWORK, 0, 64, 10).step();
    }

    @Test
    void aStretchLiesWithinAnExpertsWay() {
        assertThatThrownBy(() -> config(DistillationMethod.AST, "max_start_epoch", "3"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("expert_epochs: 2 that begins before max_start_epoch: 3")
                .hasMessageContaining("experts.epochs: 3");
        assertThatThrownBy(() -> config(DistillationMethod.AST, "engine", "\"tesla\""))
                .hasMessageContaining("tesla has neither inner momentum (0.9)");
    }
}
