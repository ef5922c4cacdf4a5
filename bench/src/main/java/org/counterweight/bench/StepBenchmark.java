package org.counterweight.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.adapt.AdapterConfig;
import org.counterweight.adapt.Attachment;
import org.counterweight.catalogue.Catalogue;
import org.counterweight.config.Configs;
import org.counterweight.data.BatchSource;
import org.counterweight.engine.Engine;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.zoo.Architectures;
import org.counterweight.reparametrize.Reparametrization;
import org.counterweight.train.StepReport;
import org.counterweight.train.Task;
import org.counterweight.train.TrainConfig;
import org.counterweight.train.Trainer;
import org.counterweight.train.TrainingListener;
import org.counterweight.train.part.Run;
import org.counterweight.train.part.RunPart;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/**
 * Times whole training steps of one adapter on a model of random weights, by the trainer that users run: forward, weights,
 * backward, clipping, AdamW, figures. {@code bench/peer_step.py} does the same with PyTorch and PEFT.
 */
@Command(name = "step", description = "Times whole training steps; prints one JSON line.")
final class StepBenchmark implements Callable<Integer> {
    @Option(
            names = "--model",
            defaultValue = "encoder",
            description =
                    "encoder (MiniLM's size), decoder (a small Llama), deberta, t5, vit, or resnet (ResNet-20 on images"
                            + " of 32 x 32)")
    String model = "encoder";

    @Option(
            names = "--adapter",
            defaultValue = "lora",
            description = "an adapter of the catalogue, full, or a method of reparametrize")
    String adapter = "lora";

    @Option(names = "--settings", defaultValue = "{r: 8}", description = "the method's settings, as YAML")
    String settings = "{r: 8}";

    @Option(names = "--precision", defaultValue = "float32", description = "float32 or bf16")
    String precision = "float32";

    @Option(names = "--rows", defaultValue = "16")
    int rows = 16;

    @Option(names = "--length", defaultValue = "64")
    int length = 64;

    @Option(names = "--steps", defaultValue = "20")
    int steps = 20;

    @Option(names = "--warmup", defaultValue = "5", description = "steps before those, at least 1")
    int warmup = 5;

    @Option(names = "--threads", defaultValue = "2")
    int threads = 2;

    @Option(names = "--deterministic", description = "sums in a fixed order, as cw run --deterministic")
    boolean deterministic;

    @Option(names = "--device", defaultValue = "cpu", description = "cpu or cuda")
    String device = "cpu";

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new StepBenchmark()).execute(arguments));
    }

    @Override
    public Integer call() throws IOException {
        if (deterministic) {
            Engine.beDeterministic();
        }
        Engine.setThreads(threads);
        try (var scope = Scope.open()) {
            StepModel timed = StepModel.named(model);
            Model architecture = Architectures.of(Configs.json(timed.config(), "model"));
            Generator random = new Seed(1).generator();
            Map<String, Tensor> weights = new LinkedHashMap<>(architecture.initialize(random));
            weights.replaceAll((name, tensor) -> Tensors.to(tensor, Engine.device(device)));
            if (timed.trainsHead()) {
                weights.computeIfPresent("classifier.weight", (name, tensor) -> tensor.requires_grad_(true));
                weights.computeIfPresent("classifier.bias", (name, tensor) -> tensor.requires_grad_(true));
            }
            Record method = settings(timed.targets());
            Params params = attached(method, architecture, weights, random);
            TrainConfig train = TrainConfig.of("{max_steps: " + (warmup + steps) + ", lr: 1e-3, schedule: constant,"
                    + " warmup: 0, weight_decay: 0.01, precision: " + precision + ", keep_best: false}");
            Task task = Task.of(
                    architecture,
                    params,
                    BatchSource.of(List.of(timed.batch(rows, length, random))),
                    timed.objective());
            if (method instanceof RunPart part) {
                Run run =
                        part.join(new Run(task, train, order -> BatchSource.of(List.of()), new TrainingListener() {}));
                task = run.task();
                train = run.config();
            }
            var seconds = new ArrayList<Double>();
            var processor = new ArrayList<Double>();
            try (var trainer = new Trainer(task, train, recording(seconds, processor), null)) {
                trainer.run();
            }
            print(
                    median(seconds.subList(warmup, steps + warmup)),
                    (processor.get(processor.size() - 1) - processor.get(warmup - 1)) / steps,
                    params);
        }
        return 0;
    }

    /** The model with an adapter; or all of it trained, through other tensors. */
    private static Params attached(Record method, Model model, Map<String, Tensor> weights, Generator random) {
        if (method instanceof Reparametrization reparametrization) {
            var buffers = model.modules().buffers();
            weights.forEach((name, tensor) -> tensor.requires_grad_(!buffers.contains(name)));
            return reparametrization.attach(model, Params.of(weights));
        }
        return ((Attachment) method).attach(model, Params.of(weights), random);
    }

    /** Of each step: the seconds by the clock, and those of all cores until its end, which are counted in hundredths. */
    private static TrainingListener recording(List<Double> seconds, List<Double> processor) {
        return new TrainingListener() {
            @Override
            public void stepped(StepReport report) {
                seconds.add(report.seconds());
                processor.add(cpuNanoseconds() * 1e-9);
            }
        };
    }

    static long cpuNanoseconds() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
                ? system.getProcessCpuTime()
                : 0;
    }

    private Record settings(List<String> usual) {
        ObjectNode tree = Configs.yaml(settings, "--settings");
        Class<? extends Record> type = Catalogue.named(adapter, "--adapter").config();
        if (AdapterConfig.class.isAssignableFrom(type) && !tree.has("targets")) {
            var targets = tree.putArray("targets");
            usual.forEach(targets::add);
        }
        return Configs.bind(tree, type, adapter);
    }

    private void print(double median, double processor, Params params) throws IOException {
        long trained =
                params.trainables().values().stream().mapToLong(Tensor::numel).sum();
        System.out.printf(
                Locale.ROOT,
                "{\"who\": \"counterweight\", \"device\": \"%s\", \"model\": \"%s\", \"adapter\": \"%s\", \"precision\": \"%s\", \"ms\": %.1f,"
                        + " \"cpu_ms\": %.1f, \"peak_mb\": %d, \"trained\": %d}%n",
                device,
                model,
                adapter,
                precision,
                median * 1e3,
                processor * 1e3,
                peakMegabytes(),
                trained);
    }

    private static double median(List<Double> values) {
        double[] sorted =
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return sorted[sorted.length / 2];
    }

    /** The most that was resident at once, by the kernel's own count; 0 where there is no /proc. */
    static long peakMegabytes() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return 0;
        }
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("VmHWM:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
                .findFirst()
                .orElse(0);
    }
}
