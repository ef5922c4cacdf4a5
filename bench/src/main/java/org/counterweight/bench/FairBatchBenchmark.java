package org.counterweight.bench;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.Configs;
import org.counterweight.data.BatchSource;
import org.counterweight.data.Batching;
import org.counterweight.data.InputRows;
import org.counterweight.data.LabelledDataset;
import org.counterweight.data.LabelledRows;
import org.counterweight.data.RowValues;
import org.counterweight.engine.Engine;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.fresh.FreshMlp;
import org.counterweight.model.zoo.Architectures;
import org.counterweight.shift.fairness.batch.FairBatchConfig;
import org.counterweight.train.Task;
import org.counterweight.train.TrainConfig;
import org.counterweight.train.Trainer;
import org.counterweight.train.TrainingListener;
import org.counterweight.train.objective.CrossEntropy;
import org.counterweight.train.part.ClassRows;
import org.counterweight.train.part.Run;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Times epochs of a small network with FairBatch and without it, in turn: what its losses, shares and batches cost a step, in
 * seconds of the processor.
 */
@Command(name = "fairbatch", description = "Times FairBatch's epochs beside plain ones; prints one JSON line.")
final class FairBatchBenchmark implements Callable<Integer> {
    @Option(names = "--rows", defaultValue = "20000")
    int rows = 20_000;

    @Option(names = "--features", defaultValue = "30")
    int features = 30;

    @Option(names = "--hidden", defaultValue = "128")
    int hidden = 128;

    @Option(names = "--batch", defaultValue = "100")
    int batch = 100;

    @Option(names = "--epochs", defaultValue = "3", description = "of each measurement")
    int epochs = 3;

    @Option(names = "--rounds", defaultValue = "7", description = "in turn, after one that is not counted")
    int rounds = 7;

    @Option(names = "--lambda-rows", description = "rows that are asked for their losses; all if not given")
    @Nullable
    Integer lambdaRows;

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new FairBatchBenchmark()).execute(arguments));
    }

    @Override
    public Integer call() {
        Engine.setThreads(1);
        LabelledDataset data = drawn();
        double[] plain = new double[rounds];
        double[] fair = new double[rounds];
        seconds(data, false);
        seconds(data, true);
        for (int i = 0; i < rounds; i++) {
            plain[i] = seconds(data, false);
            fair[i] = seconds(data, true);
        }
        long steps = (long) epochs * (rows / batch);
        System.out.printf(
                Locale.ROOT,
                "{\"rows\": %d, \"batch\": %d, \"hidden\": %d, \"plain_ms\": %.4f, \"fair_ms\": %.4f, \"ratio\": %.4f}%n",
                rows,
                batch,
                hidden,
                1e3 * median(plain) / steps,
                1e3 * median(fair) / steps,
                median(fair) / median(plain));
        return 0;
    }

    private static double median(double... values) {
        double[] sorted = values.clone();
        java.util.Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private LabelledDataset drawn() {
        SplittableRandom random = new Seed(1).random();
        float[] values = new float[rows * features];
        int[] labels = new int[rows];
        long[] groups = new long[rows];
        for (int i = 0; i < rows; i++) {
            groups[i] = random.nextInt(3) == 0 ? 1 : 0;
            labels[i] = random.nextInt(4) < 1 + groups[i] ? 1 : 0;
            for (int j = 0; j < features; j++) {
                values[i * features + j] = (float) (random.nextDouble() + 0.3 * labels[i]);
            }
        }
        var inputs = new LabelledRows(new InputRows(values, rows, features), labels, List.of("no", "yes"));
        return new RowValues(Map.of(), Map.of("group", groups)).beside(inputs);
    }

    private double seconds(LabelledDataset data, boolean fair) {
        try (var scope = Scope.open()) {
            Model model = Architectures.of(new FreshMlp(List.of(hidden, hidden), "relu", 0).config(List.of(features)))
                    .withClasses(2);
            Map<String, Tensor> weights = model.initialize(new Seed(2).generator());
            weights.values().forEach(weight -> weight.requires_grad_(true));
            BatchSource batches = BatchSource.shuffled(data, new Batching(batch, 1), new Seed(3));
            TrainConfig config = TrainConfig.of("{epochs: " + epochs + ", batch_size: " + batch
                    + ", lr: 5e-4, precision: float32, clip: null, optimizer: {name: adam}, weight_decay: 0.0}");
            Run run = new Run(
                            Task.of(model, Params.of(weights), batches, new CrossEntropy(0)),
                            config,
                            order -> batches,
                            new TrainingListener() {})
                    .with(new ClassRows(data, null));
            if (fair) {
                String settings = lambdaRows == null ? "{}" : "{lambda_rows: " + lambdaRows + "}";
                run = run.joinedBy(
                        List.of(Configs.bind(Configs.yaml(settings, "bench"), FairBatchConfig.class, "fairbatch")));
            }
            try (var trainer = new Trainer(run.task(), config, new TrainingListener() {}, null)) {
                long used = StepBenchmark.cpuNanoseconds();
                trainer.advance(Long.MAX_VALUE);
                return (StepBenchmark.cpuNanoseconds() - used) * 1e-9;
            }
        }
    }
}
