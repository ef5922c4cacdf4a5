package org.counterweight.reweigh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.config.Configs;
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
import org.counterweight.reweigh.group.GroupDroConfig;
import org.counterweight.reweigh.loss.LossReweightingConfig;
import org.counterweight.reweigh.loss.Strategy;
import org.counterweight.train.StepReport;
import org.counterweight.train.Task;
import org.counterweight.train.TrainConfig;
import org.counterweight.train.Trainer;
import org.counterweight.train.TrainingListener;
import org.counterweight.train.objective.MeanSquaredError;
import org.counterweight.train.weigh.WeigherConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Weighers inside the trainer: what is resumed goes on with the same temperature, the same memory and the same weights. */
class ReweighedTrainingTest {
    @TempDir
    Path directory;

    /** y = x W^T. */
    private record Linear() implements Model {
        @Override
        public Output forward(Params params, Batch batch, Pass pass) {
            Tensor y = params.linear("line", batch.get("x"), pass);
            return new Output(y, y);
        }

        @Override
        public Map<String, long[]> shapes() {
            return Map.of("line.weight", new long[] {1, 3});
        }

        @Override
        public Map<String, Tensor> initialize(Generator random) {
            return Map.of("line.weight", Tensors.zeros(1, 3));
        }

        @Override
        public Modules modules() {
            return Modules.ofLinears(List.of("line"));
        }
    }

    private static Params fresh() {
        return Params.of(Map.of("line.weight", Tensors.zeros(1, 3).requires_grad_(true)));
    }

    private static BatchSource data() {
        var batches = new ArrayList<Batch>();
        var random = Tensors.optional(new Seed(4).generator());
        for (int i = 0; i < 5; i++) {
            Tensor x = torch.empty(8, 3).normal_(0, 1, random);
            var tensors = new HashMap<String, Tensor>();
            tensors.put("x", x);
            tensors.put(Batch.LABELS, x.sum(1).unsqueeze(1));
            tensors.put(
                    "group",
                    torch.arange(new org.bytedeco.pytorch.Scalar(8)).remainder(new org.bytedeco.pytorch.Scalar(2)));
            batches.add(new Batch(tensors));
        }
        return BatchSource.of(batches);
    }

    private static final TrainConfig CONFIG =
            TrainConfig.of("{epochs: 4, lr: 0.05, precision: float32, schedule: constant, warmup: 0}");

    /** Runs to the end, or to the step at which it is told to stop. */
    private List<StepReport> run(WeigherConfig weigher, Params params, Path file, long stopAt) {
        var reports = new ArrayList<StepReport>();
        Trainer[] self = new Trainer[1];
        Task task =
                Task.of(new Linear(), params, data(), new MeanSquaredError()).weighedBy(weigher.create());
        TrainingListener listener = new TrainingListener() {
            @Override
            public void stepped(StepReport report) {
                reports.add(report);
                if (report.step() == stopAt) {
                    self[0].stop();
                }
            }
        };
        try (var trainer = new Trainer(task, CONFIG, listener, file)) {
            self[0] = trainer;
            trainer.resume();
            trainer.run();
        }
        return reports;
    }

    private void resumesWith(WeigherConfig weigher, UnaryOperator<StepReport> timeless) {
        try (var scope = Scope.open()) {
            Params whole = fresh();
            List<StepReport> unbroken = run(weigher, whole, directory.resolve("none.safetensors"), -1);
            Path file = directory.resolve("broken.safetensors");
            var both = new ArrayList<>(run(weigher, fresh(), file, 7));
            Params resumed = fresh();
            both.addAll(run(weigher, resumed, file, -1));
            assertThat(both.stream().map(timeless).toList())
                    .isEqualTo(unbroken.stream().map(timeless).toList());
            assertTensor(resumed.weight("line.weight")).isEqualTo(whole.weight("line.weight"));
        }
    }

    private static StepReport timeless(StepReport r) {
        return new StepReport(
                r.step(),
                r.epoch(),
                r.rows(),
                r.units(),
                r.loss(),
                r.meanLoss(),
                r.rate(),
                r.gradientNorm(),
                0,
                r.spread(),
                r.figures());
    }

    @Test
    void theTemperatureGoesOn() {
        var config = Configs.bind(
                Configs.yaml(
                        "{r: 1, burn_in_steps: 3, temperature: {kind: exp, r0: 10, r1: 0.3, start: 3, end: 15}}",
                        "weigh"),
                LossReweightingConfig.class,
                "weigh");
        resumesWith(config, ReweighedTrainingTest::timeless);
    }

    @Test
    void theGroupsWeightsGoOn() {
        resumesWith(new GroupDroConfig(2, 0.3, "group"), ReweighedTrainingTest::timeless);
    }

    /** Trained weights after ten steps on one batch. */
    private static Tensor trained(Batch batch, TrainConfig config) {
        Params params = fresh();
        Task task = Task.of(new Linear(), params, BatchSource.of(List.of(batch)), new MeanSquaredError())
                .weighedBy(new ColumnConfig("weight").create());
        try (var trainer = new Trainer(task, config, new TrainingListener() {}, null)) {
            trainer.run();
        }
        return params.weight("line.weight");
    }

    @Test
    void wholeNumbersAreRepeatedRows() {
        try (var scope = Scope.open()) {
            TrainConfig config =
                    TrainConfig.of("{epochs: 10, lr: 0.05, precision: float32, schedule: constant, warmup: 0}");
            Tensor x = torch.empty(4, 3).normal_(0, 1, Tensors.optional(new Seed(6).generator()));
            Map<String, Tensor> counted = Map.of(
                    "x", x, Batch.LABELS, x.sum(1).unsqueeze(1), "weight", Tensors.doubles(new double[] {1, 2, 0, 3}));
            Map<String, Tensor> repeated = new HashMap<>(new Batch(counted)
                    .rows(Tensors.longs(new long[] {0, 1, 1, 3, 3, 3}))
                    .tensors());
            repeated.put("weight", Tensors.doubles(new double[] {1, 1, 1, 1, 1, 1}));
            Tensor once = trained(new Batch(counted), config);
            assertTensor(once).isCloseTo(trained(new Batch(repeated), config), 1e-5, 1e-6);
            Map<String, Tensor> others = new HashMap<>(counted);
            others.put("weight", Tensors.doubles(new double[] {1, 1, 1, 1}));
            assertThat(once.sub(trained(new Batch(others), config)).abs().max().item_double())
                    .isGreaterThan(1e-3);
        }
    }

    @Test
    void harderRowsWeighMore() {
        try (var scope = Scope.open()) {
            List<StepReport> reports = run(
                    LossReweightingConfig.of(Strategy.LINUPPER, 0.4),
                    fresh(),
                    directory.resolve("unused.safetensors"),
                    -1);
            StepReport first = reports.get(0);
            assertThat(first.loss()).isGreaterThan(first.meanLoss());
            assertThat(first.spread().effectiveRows()).isBetween(1.0, 8.0);
            assertThat(first.figures()).containsEntry("r", 0.4);
            assertThat(reports.get(reports.size() - 1).meanLoss()).isLessThan(first.meanLoss() / 3);
        }
    }
}
