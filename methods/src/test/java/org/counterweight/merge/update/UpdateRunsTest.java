package org.counterweight.merge.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.counterweight.engine.Tensors.longs;
import static org.counterweight.engine.Tensors.slice;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.config.Configs;
import org.counterweight.data.BatchSource;
import org.counterweight.data.DataException;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.merge.update.baseline.Ewc;
import org.counterweight.merge.update.baseline.Ia3;
import org.counterweight.merge.update.baseline.Mixout;
import org.counterweight.merge.update.baseline.PriorWeightDecay;
import org.counterweight.merge.update.fisher.DiagonalFisher;
import org.counterweight.merge.update.fisher.FisherConfig;
import org.counterweight.model.Batch;
import org.counterweight.model.Parametrization;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.part.Activation;
import org.counterweight.model.zoo.image.Mlp;
import org.counterweight.train.Task;
import org.counterweight.train.TrainConfig;
import org.counterweight.train.Trainer;
import org.counterweight.train.TrainingListener;
import org.counterweight.train.event.Moment;
import org.counterweight.train.event.TrainingEvents;
import org.counterweight.train.objective.CrossEntropy;
import org.counterweight.train.objective.Objective;
import org.counterweight.weights.ledger.Ledger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Updates as they are trained, chosen and put down, on a small classifier of four classes. */
class UpdateRunsTest {
    private static final int CLASSES = 4;
    private static final Mlp MODEL = new Mlp(6, List.of(12), CLASSES, Activation.RELU, 0);
    private static final TrainConfig SETTINGS =
            TrainConfig.of("{epochs: 12, lr: 0.02, weight_decay: 0, precision: float32}");

    @TempDir
    Path directory;

    private final Scope scope = Scope.open();
    private final Tensor truth = draw(100, CLASSES, 6);
    private final Batch oldRows = rows(1, 64);
    private final Batch newRows = rows(2, 160);
    private final Batch dev = rows(3, 300);
    private final Map<String, Tensor> old = trained(fresh(7), oldRows);
    private final Map<String, Tensor> updated = trained(old, newRows);

    @AfterEach
    void close() {
        scope.close();
    }

    private static Tensor draw(long seed, long... shape) {
        return torch.empty(shape).normal_(0, 1, Tensors.optional(new Seed(seed).generator()));
    }

    private Batch rows(long seed, long count) {
        Tensor x = draw(seed, count, 6);
        Tensor noisy = torch.matmul(x, truth.t()).add(draw(seed + 50, count, CLASSES));
        return new Batch(Map.of(Batch.PIXEL_VALUES, x, Batch.LABELS, noisy.argmax(new LongOptional(1), false)));
    }

    private static Map<String, Tensor> fresh(long seed) {
        return MODEL.initialize(new Seed(seed).generator());
    }

    private static Map<String, Tensor> moving(Map<String, Tensor> from) {
        var moving = new LinkedHashMap<String, Tensor>();
        from.forEach((name, tensor) -> moving.put(name, tensor.detach().clone().requires_grad_(true)));
        return moving;
    }

    private static Map<String, Tensor> still(Map<String, Tensor> from) {
        var still = new LinkedHashMap<String, Tensor>();
        from.forEach((name, tensor) -> still.put(name, tensor.detach()));
        return still;
    }

    private static Tensor get(Map<String, Tensor> model, String name) {
        return Objects.requireNonNull(model.get(name));
    }

    private static BatchSource batches(Batch rows) {
        var parts = new ArrayList<Batch>();
        for (long from = 0; from < rows.rows(); from += 16) {
            var part = new HashMap<String, Tensor>();
            long at = from;
            rows.tensors().forEach((name, tensor) -> part.put(name, slice(tensor, 0, at, at + 16)));
            parts.add(new Batch(part));
        }
        return BatchSource.of(parts);
    }

    private static Task task(Map<String, Tensor> weights, Batch rows, Objective objective) {
        return Task.of(MODEL, Params.of(weights), batches(rows), objective);
    }

    private static void run(Task task, TrainConfig settings) {
        try (var trainer = new Trainer(task, settings, new TrainingListener() {}, null)) {
            trainer.run();
        }
    }

    private static Map<String, Tensor> trained(Map<String, Tensor> from, Batch rows) {
        Map<String, Tensor> weights = moving(from);
        run(task(weights, rows, new CrossEntropy(0)), SETTINGS);
        return still(weights);
    }

    private static Tensor predict(Map<String, Tensor> weights, Batch rows) {
        return MODEL.forward(Params.of(weights), rows, Pass.evaluation())
                .logits()
                .argmax(new LongOptional(1), false);
    }

    private static AlphaSweep sweep(Map<String, Tensor> old, Map<String, Tensor> towards, Batch dev, String yaml) {
        BcwiConfig config = Configs.bind(Configs.yaml(yaml, "test"), BcwiConfig.class, "bcwi");
        return AlphaSweep.run(
                config,
                new Bcwi(0, Map.of(), config.newLabelIds(), config.classifier()),
                old,
                List.of(towards),
                weights -> predict(weights, dev),
                predict(old, dev),
                dev.labels(),
                new Seed(1));
    }

    @Test
    void springsHoldTheUpdateBack() {
        double free = Bcwi.distance(updated, old);
        Map<String, Tensor> fisher =
                DiagonalFisher.of(Configs.defaults(FisherConfig.class), MODEL, old, List.of(oldRows));
        for (Map<String, Tensor> information : List.of(Map.<String, Tensor>of(), fisher)) {
            Map<String, Tensor> weights = moving(old);
            run(task(weights, newRows, new CrossEntropy(0)).with(new Ewc(0.1, old, information)), SETTINGS);
            assertThat(Bcwi.distance(weights, old)).isLessThan(0.7 * free);
        }
    }

    /** One step by hand: the gradient is the one before the decay. */
    @Test
    void priorDecayActsBeforeTheStep() {
        TrainConfig sgd = TrainConfig.of("""
                {max_steps: 1, lr: 0.5, weight_decay: 0, precision: float32, schedule: constant, warmup: 0, clip: null,
                 optimizer: {name: sgd}}""");
        Map<String, Tensor> plain = moving(updated);
        run(task(plain, newRows, new CrossEntropy(0)), sgd);
        Map<String, Tensor> pulled = moving(updated);
        run(task(pulled, newRows, new CrossEntropy(0)).with(new PriorWeightDecay(new Ewc(0.4, old, Map.of()))), sgd);
        updated.forEach((name, before) -> {
            Tensor expected =
                    get(plain, name).detach().sub(before.sub(get(old, name)).mul(Tensors.scalar(0.5 * 0.4)));
            assertTensor(get(pulled, name).detach()).as(name).isCloseTo(expected, 1e-5, 1e-6);
        });
    }

    @Test
    void mixedTrainingStaysNearTheOldModelAndIsPlainInEvaluation() {
        var mixout = new Mixout(new CrossEntropy(0), old, 0.9, false, Set.of("layers.1.weight"));
        Map<String, Tensor> weights = moving(old);
        run(task(weights, newRows, mixout), SETTINGS);
        assertThat(Bcwi.distance(weights, old)).isPositive().isLessThan(0.9 * Bcwi.distance(updated, old));
        Tensor mixed =
                mixout.losses(MODEL, Params.of(weights), dev, Pass.evaluation()).perRow();
        Tensor plain = new CrossEntropy(0)
                .losses(MODEL, Params.of(weights), dev, Pass.evaluation())
                .perRow();
        assertTensor(mixed.detach()).isEqualTo(plain.detach());
    }

    /** Class 3 is added: its rows start afresh and move, those of the others stand still to the last bit in every step. */
    @Test
    void anUpdateThatAddsAClassMovesItsRowsAlone() {
        var head = new ClassifierHead("layers.1", List.of(3));
        Map<String, Tensor> weights = moving(old);
        head.reset(weights, fresh(8));
        Tensor start = get(weights, "layers.1.weight").detach().clone();
        var watch = new TrainingEvents() {
            private int steps;

            @Override
            public void afterStep(Moment moment) {
                steps++;
                for (String name : List.of("layers.1.weight", "layers.1.bias")) {
                    assertTensor(slice(get(weights, name).detach(), 0, 0, 3)).isEqualTo(slice(get(old, name), 0, 0, 3));
                }
            }
        };
        run(
                task(weights, newRows, new CrossEntropy(0))
                        .with(head.holding(old))
                        .with(watch),
                TrainConfig.of("{epochs: 12, lr: 0.02, weight_decay: 0.1, decay_all: true, precision: float32}"));
        assertThat(watch.steps).isEqualTo(120);
        assertThat(get(weights, "layers.1.weight").select(0, 3).equal(start.select(0, 3)))
                .isFalse();

        Bcwi bcwi = new Bcwi(0, Map.of(), List.of(3), "layers.1");
        Map<String, Tensor> all = bcwi.merge(1, old, List.of(still(weights)));
        assertTensor(slice(get(all, "layers.1.weight"), 0, 0, 3))
                .isEqualTo(slice(get(old, "layers.1.weight"), 0, 0, 3));
        assertTensor(get(all, "layers.1.weight").select(0, 3))
                .isEqualTo(get(weights, "layers.1.weight").detach().select(0, 3));
        assertTensor(get(all, "layers.0.weight")).isEqualTo(get(old, "layers.0.weight"));
    }

    @Test
    void rescalingIsAParametrization() {
        Tensor base = get(old, "layers.0.weight");
        Tensor bias = get(old, "layers.0.bias");
        Ia3 start = Ia3.create(base);
        assertTensor(start.weight(base).detach()).isEqualTo(base);
        Parametrization moved = new Ia3(draw(9, 12));
        Tensor x = dev.get(Batch.PIXEL_VALUES);
        assertTensor(moved.apply(x, base, bias, Pass.evaluation()))
                .isCloseTo(Tensors.linear(x, moved.weight(base), bias), 1e-5, 1e-6);
    }

    /** The class is told by the signs of two products, which takes hidden units; the stranger has them in another order. */
    @Test
    void aModelThatIsNotConnectedToTheOldOneIsToldByItsBarrier() {
        Tensor x = draw(11, 320, 6);
        Tensor first = x.select(1, 0).mul(x.select(1, 1)).gt(Tensors.scalar(0));
        Tensor second = x.select(1, 2).mul(x.select(1, 3)).gt(Tensors.scalar(0));
        Tensor labels = Tensors.times(first, 2).add(second).to(torch.ScalarType.Long);
        var rows = new Batch(Map.of(Batch.PIXEL_VALUES, x, Batch.LABELS, labels));
        Map<String, Tensor> weights = moving(fresh(7));
        run(task(weights, rows, new CrossEntropy(0)), TrainConfig.of("{epochs: 60, lr: 0.03, precision: float32}"));
        Map<String, Tensor> before = still(weights);
        Map<String, Tensor> after = trained(before, rows);
        var stranger = new LinkedHashMap<>(after);
        stranger.computeIfPresent("layers.0.weight", (name, w) -> w.roll(new long[] {5}, new long[] {0}));
        stranger.computeIfPresent("layers.0.bias", (name, w) -> w.roll(new long[] {5}, new long[] {0}));
        stranger.computeIfPresent("layers.1.weight", (name, w) -> w.roll(new long[] {5}, new long[] {1}));

        AlphaSweep connected = sweep(before, after, rows, "{}");
        assertThat(connected.barrier().depth()).isLessThan(5);
        assertThat(connected.warnings()).noneMatch(warning -> warning.contains("linearly connected"));
        AlphaSweep apart = sweep(before, stranger, rows, "{}");
        assertThat(apart.barrier().accNew()).isEqualTo(connected.barrier().accNew());
        assertThat(apart.barrier().depth()).isGreaterThan(5);
        assertThat(apart.warnings())
                .anyMatch(warning -> warning.contains("not linearly connected")
                        && warning.contains("start the update from the old weights"));
    }

    @Test
    void theReportHoldsTheWholeTradeOff() throws IOException {
        AlphaSweep sweep = sweep(old, updated, dev, "tolerance: 0.5");
        BcwiConfig config = Configs.bind(Configs.yaml("tolerance: 0.5", "test"), BcwiConfig.class, "bcwi");
        Map<String, Tensor> chosen = Bcwi.plain(0).merge(sweep.choice().alpha(), old, List.of(updated));
        Flips flips = Flips.of(predict(old, dev), predict(chosen, dev), dev.labels());
        var report =
                new BcwiReport(config, List.of(new Ledger.Input("old", "0".repeat(64))), sweep, Map.of("test", flips));
        Path file = directory.resolve("bcwi.json");
        report.write(file);
        var json = Configs.read(file);
        assertThat(json.path("alpha").asDouble()).isEqualTo(sweep.choice().alpha());
        assertThat(json.path("dev")).hasSize(11);
        assertThat(json.path("dev").path(10).path("flips").path("nfr").asDouble(-1))
                .isZero();
        assertThat(json.path("barrier").path("acc_middle").asDouble())
                .isEqualTo(sweep.rows().get(5).flips().accNew());
        assertThat(json.path("chosen").path("test").path("acc_new").asDouble()).isEqualTo(flips.accNew());
        assertThat(json.path("inputs").path(0).path("name").asString()).isEqualTo("old");
        assertThat(report.table().lines().skip(2))
                .hasSize(11)
                .filteredOn(line -> line.contains("*"))
                .hasSize(1);
    }

    @Test
    void storedPredictionsComeBack() throws IOException {
        Path file = directory.resolve("old.jsonl");
        new Predictions(List.of("b", "a"), longs(new long[] {2, 0})).write(file);
        assertTensor(Predictions.read(file).of(List.of("a", "b"))).isEqualTo(longs(new long[] {0, 2}));
        Files.writeString(file, "{\"id\": \"a\", \"class\": \"two\"}\n");
        assertThatThrownBy(() -> Predictions.read(file))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("old.jsonl:1: \"class\" is missing or no whole number");
    }
}
