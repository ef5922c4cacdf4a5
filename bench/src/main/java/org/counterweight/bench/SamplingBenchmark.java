package org.counterweight.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.Configs;
import org.counterweight.engine.Engine;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.guide.Convention;
import org.counterweight.guide.GuidanceConfig;
import org.counterweight.guide.ShapeName;
import org.counterweight.guide.learn.DiffusionConfig;
import org.counterweight.guide.learn.DrawConfig;
import org.counterweight.guide.learn.PredictionType;
import org.counterweight.guide.learn.SamplerName;
import org.counterweight.guide.learn.TrainedDenoiser;
import org.counterweight.guide.rule.ClassifierFree;
import org.counterweight.guide.sample.Guided;
import org.counterweight.guide.sample.Trajectory;
import org.counterweight.model.Params;
import org.counterweight.model.zoo.denoise.UNet;
import org.counterweight.weights.WeightsWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Times guided sampling from a U-Net of random weights by DDIM, both predictions in one batch; {@code bench/peer_sampling.py}
 * does the same in PyTorch, and with {@code --write FILE} here and {@code --read FILE} there is compared with what came out.
 */
@Command(name = "sampling", description = "Times steps of guided sampling; prints one JSON line.")
final class SamplingBenchmark implements Callable<Integer> {
    private static final int CLASSES = 10;

    @Option(names = "--rows", defaultValue = "16")
    int rows = 16;

    @Option(names = "--size", defaultValue = "28")
    int size = 28;

    @Option(names = "--width", defaultValue = "32")
    int width = 32;

    @Option(names = "--steps", defaultValue = "20")
    int steps = 20;

    @Option(names = "--guided", defaultValue = "20", description = "of the steps, from the first; the others ask once")
    int guided = 20;

    @Option(names = "--rounds", defaultValue = "7")
    int rounds = 7;

    @Option(names = "--threads", defaultValue = "2")
    int threads = 2;

    @Option(
            names = "--write",
            paramLabel = "FILE",
            description = "write weights, noise and samples there, for the peer")
    private @Nullable Path write;

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new SamplingBenchmark()).execute(arguments));
    }

    @Override
    public Integer call() {
        Engine.setThreads(threads);
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            var model = new UNet(1, width, List.of(1, 2, 2), 2, 4, 0, CLASSES);
            Map<String, Tensor> weights = weights(model);
            Params params = Params.of(weights);
            Tensor noise = Tensors.zeros(rows, 1, size, size).normal_(0, 1, Tensors.optional(new Seed(2).generator()));
            long[] classes = new long[rows];
            Arrays.setAll(classes, i -> i % CLASSES);
            Tensor labels = Tensors.longs(classes);
            DiffusionConfig config = Configs.defaults(DiffusionConfig.class);
            var times = new ArrayList<Double>();
            long evaluations = 0;
            for (int round = 0; round < rounds; round++) {
                try (var inner = Scope.open()) {
                    Guided network = TrainedDenoiser.guided(
                            model, params, PredictionType.V, labels, ClassifierFree.of(Convention.SCALE));
                    long begun = System.nanoTime();
                    Trajectory drawn = SamplerName.DDIM
                            .sampler(config, DrawConfig.of(steps), new Seed(0))
                            .sample(network, noise, schedule(config));
                    times.add((System.nanoTime() - begun) / 1e6 / steps);
                    evaluations = network.evaluations();
                    if (round == 0 && write != null) {
                        var all = new LinkedHashMap<>(weights);
                        all.put("bench.noise", noise);
                        all.put("bench.samples", drawn.samples());
                        WeightsWriter.write(write, all, Map.of());
                    }
                }
            }
            List<Double> settled = times.subList(Math.min(2, rounds - 1), rounds).stream()
                    .sorted()
                    .toList();
            System.out.printf(
                    Locale.ROOT,
                    "{\"rows\": %d, \"size\": %d, \"width\": %d, \"evaluations\": %d, \"skipped\": %d, \"step_ms\":"
                            + " %.2f}%n",
                    rows,
                    size,
                    width,
                    evaluations,
                    2L * steps - evaluations,
                    settled.get(settled.size() / 2));
        }
        return 0;
    }

    private double[] schedule(DiffusionConfig config) {
        double[] weights =
                GuidanceConfig.of(ShapeName.STATIC, 3, Convention.SCALE).weights(SamplerName.DDIM.grid(config, steps));
        Arrays.fill(weights, Math.min(guided, steps), steps, 1);
        return weights;
    }

    /** None is zero, where a fresh network begins with many. */
    private static Map<String, Tensor> weights(UNet model) {
        Generator random = new Seed(1).generator();
        var weights = new LinkedHashMap<>(model.initialize(random));
        weights.replaceAll((name, tensor) ->
                tensor.add(Tensors.zeros(Tensors.shape(tensor)).normal_(0, 0.02, Tensors.optional(random))));
        return weights;
    }
}
