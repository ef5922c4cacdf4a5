package org.counterweight.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.catalogue.Catalogue;
import org.counterweight.config.Configs;
import org.counterweight.data.text.LanguageModelling;
import org.counterweight.data.text.token.TokenMemory;
import org.counterweight.engine.Engine;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.Precision;
import org.counterweight.model.generate.Continuations;
import org.counterweight.model.generate.Generation;
import org.counterweight.model.zoo.Architectures;
import org.counterweight.train.StepReport;
import org.counterweight.train.Task;
import org.counterweight.train.TrainConfig;
import org.counterweight.train.Trainer;
import org.counterweight.train.TrainingListener;
import org.counterweight.train.objective.TokenCrossEntropy;
import org.counterweight.train.weigh.Weigher;
import org.counterweight.train.weigh.WeigherConfig;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Tokens a second of a small Llama of random weights: of pretraining, by the trainer that users run, and of going on with many
 * texts at once. {@code bench/peer_tokens.py} does the same with PyTorch and transformers; {@code bench/tokens} runs both in turn.
 */
@Command(name = "tokens", description = "Times pretraining or generation; prints one JSON line.")
final class TokenBenchmark implements Callable<Integer> {
    private static final int VOCABULARY = 8192;
    private static final String MODEL = """
            {"model_type": "llama", "architectures": ["LlamaForCausalLM"], "vocab_size": 8192, "hidden_size": 256,
             "intermediate_size": 688, "num_hidden_layers": 4, "num_attention_heads": 8, "num_key_value_heads": 8,
             "max_position_embeddings": 512, "tie_word_embeddings": true}
            """;

    @Option(names = "--what", defaultValue = "pretrain", description = "pretrain or generate")
    String what = "pretrain";

    @Option(names = "--masks", description = "pretrain: documents of some 60 tokens are kept apart")
    boolean masks;

    @Option(names = "--weigh", description = "pretrain: with dynamic loss-based reweighting")
    boolean weigh;

    @Option(names = "--precision", defaultValue = "float32", description = "float32 or bf16")
    String precision = "float32";

    @Option(names = "--rows", defaultValue = "8")
    int rows = 8;

    @Option(
            names = "--length",
            defaultValue = "256",
            description = "tokens of a row, or of a text that is gone on with")
    int length = 256;

    @Option(names = "--added", defaultValue = "64", description = "generate: tokens that are added to each")
    int added = 64;

    @Option(names = "--steps", defaultValue = "10")
    int steps = 10;

    @Option(names = "--warmup", defaultValue = "3")
    int warmup = 3;

    @Option(names = "--threads", defaultValue = "2")
    int threads = 2;

    /** Seconds of each step: of all threads together, which other work on the machine moves less, and of weighing the rows. */
    private final List<Double> processor = new ArrayList<>();

    private final List<Double> weighing = new ArrayList<>();
    private long spent;

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new TokenBenchmark()).execute(arguments));
    }

    @Override
    public Integer call() {
        Engine.setThreads(threads);
        try (var scope = Scope.open()) {
            Model model = Architectures.of(Configs.json(MODEL, "model"));
            var weights = model.initialize(new Seed(1).generator());
            boolean learns = what.equals("pretrain");
            double seconds = learns
                    ? pretrained(model, weights)
                    : generated(
                            model,
                            Precision.valueOf(precision.toUpperCase(Locale.ROOT))
                                    .of(model, Params.of(weights)));
            long tokens = (long) rows * (learns ? length : added);
            System.out.printf(
                    Locale.ROOT,
                    "{\"who\": \"counterweight\", \"what\": \"%s\", \"precision\": \"%s\", \"ms\": %.1f, \"processor_ms\": %.1f,"
                            + " \"weighing_ms\": %.3f, \"tokens_per_second\": %.0f}%n",
                    what,
                    precision,
                    seconds * 1e3,
                    median(processor) * 1e3,
                    weighing.isEmpty() ? 0 : median(weighing) * 1e3,
                    tokens / seconds);
        }
        return 0;
    }

    private double pretrained(Model model, java.util.Map<String, Tensor> weights) {
        weights.values().forEach(tensor -> tensor.requires_grad_(true));
        TrainConfig train = TrainConfig.of("{max_steps: " + (warmup + steps) + ", batch_size: " + rows
                + ", lr: 1e-3, schedule: wsd, keep_best: false, precision: " + precision + "}");
        LanguageModelling data = documents();
        Task task = Task.of(model, Params.of(weights), train.batches(data, new Seed(3)), TokenCrossEntropy.CAUSAL);
        if (weigh) {
            var config = (WeigherConfig) Configs.bind(
                    Configs.yaml("{r: 1.0}", "weigh"),
                    Catalogue.named("loss_reweighting", "weigh").config(),
                    "weigh");
            Weigher weigher = config.create();
            task = task.weighedBy(rows -> {
                long started = System.nanoTime();
                Tensor found = weigher.weights(rows);
                weighing.add((System.nanoTime() - started) * 1e-9);
                return found;
            });
        }
        spent = processorNanos();
        var seconds = new ArrayList<Double>();
        var listener = new TrainingListener() {
            @Override
            public void stepped(StepReport report) {
                seconds.add(report.seconds());
                took();
            }
        };
        try (var trainer = new Trainer(task, train, listener, null)) {
            trainer.run();
        }
        return median(seconds);
    }

    /** As many rows as all steps see, of documents of 30 to 90 tokens. */
    private LanguageModelling documents() {
        SplittableRandom random = new Seed(2).random();
        var tokens = new TokenMemory.Builder(0);
        for (long left = (long) rows * length * (warmup + steps); left > 0; ) {
            int[] document = random.ints(30 + random.nextInt(60), 1, VOCABULARY).toArray();
            tokens.document(document);
            left -= document.length;
        }
        return LanguageModelling.of(tokens.build(), length, masks);
    }

    private double generated(Model model, Params params) {
        SplittableRandom random = new Seed(2).random();
        List<long[]> prompts = new ArrayList<>();
        for (int i = 0; i < rows; i++) {
            prompts.add(random.longs(length, 1, VOCABULARY).toArray());
        }
        var settings = Configs.bind(Configs.yaml("{max_new_tokens: " + added + "}", "generate"), Generation.class, "");
        var seconds = new ArrayList<Double>();
        for (int step = 0; step < warmup + steps; step++) {
            try (var scope = Scope.open()) {
                spent = processorNanos();
                long started = System.nanoTime();
                Continuations.of(model, params, settings, Set.of())
                        .inBatches(rows)
                        .after(prompts, 0);
                seconds.add((System.nanoTime() - started) * 1e-9);
                took();
            }
        }
        return median(seconds);
    }

    private void took() {
        long now = processorNanos();
        processor.add((now - spent) * 1e-9);
        spent = now;
    }

    private static long processorNanos() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }

    private double median(List<Double> seconds) {
        double[] sorted =
                seconds.stream().skip(warmup).mapToDouble(Double::doubleValue).toArray();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
