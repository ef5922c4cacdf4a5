package org.counterweight.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Engine;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.shift.doubleweighting.Bandwidth;
import org.counterweight.shift.doubleweighting.DoubleWeights;
import org.counterweight.shift.doubleweighting.Kernel;
import org.counterweight.weights.WeightsWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Times the weights of double-weighting for two tables of five normal features, the second one shifted.
 * {@code bench/peer_weights.py} solves the same programme with cvxpy.
 */
@Command(name = "weights", description = "Times double-weighting's programme; prints one JSON line.")
final class WeightBenchmark implements Callable<Integer> {
    private static final int FEATURES = 5;
    private static final double SHIFT = 0.7;
    private static final long MOST_FOR_WIDTH = 4000;

    @Option(names = "--rows", description = "of each table (default: ${DEFAULT-VALUE})")
    private long rows = 1000;

    @Option(names = "--pairs", description = "of random features; 0 for the exact kernel (default: ${DEFAULT-VALUE})")
    private int pairs;

    @Option(names = "--d", description = "D (default: ${DEFAULT-VALUE})")
    private double d = 4;

    @Option(names = "--times", description = "how often it is solved, after once (default: ${DEFAULT-VALUE})")
    private int times = 3;

    @Option(names = "--threads", description = "of products (default: ${DEFAULT-VALUE})")
    private int threads = 1;

    @Option(names = "--write", paramLabel = "FILE", description = "write both tables and sigma there, for the peer")
    private @Nullable Path write;

    private WeightBenchmark() {}

    public static void main(String[] args) {
        System.exit(new CommandLine(new WeightBenchmark()).execute(args));
    }

    @Override
    public Integer call() throws IOException {
        Engine.setThreads(threads);
        try (var scope = Scope.open()) {
            Tensor train = drawn(0, "train");
            Tensor deployed = drawn(SHIFT, "deployed");
            Tensor all = torch.cat(new TensorVector(train, deployed), 0);
            long began = System.nanoTime();
            double sigma = Bandwidth.KNN50_INCLUSIVE.of(some(all));
            double width = (System.nanoTime() - began) * 1e-9;
            if (write != null) {
                WeightsWriter.write(
                        write,
                        Map.of(
                                "train", train,
                                "deployed", deployed,
                                "sigma", Tensors.doubles(new double[] {sigma})),
                        Map.of());
            }
            began = System.nanoTime();
            Tensor kernel = pairs == 0
                    ? Kernel.gram(all, all, sigma)
                    : Kernel.fourier(all, Kernel.directions(FEATURES, sigma, pairs, new Seed(3)));
            double filled = (System.nanoTime() - began) * 1e-9;
            var seconds = new ArrayList<Double>();
            var processor = new ArrayList<Double>();
            DoubleWeights last = solved(kernel);
            for (int i = 0; i < times; i++) {
                long from = System.nanoTime();
                long used = StepBenchmark.cpuNanoseconds();
                try (var own = Scope.open()) {
                    solved(kernel);
                }
                seconds.add((System.nanoTime() - from) * 1e-9);
                processor.add((StepBenchmark.cpuNanoseconds() - used) * 1e-9);
            }
            print(width, filled, median(seconds), median(processor), last);
        }
        return 0;
    }

    /** As many rows of both tables as the width is looked for among, since that takes all distances. */
    private static Tensor some(Tensor all) {
        long step = Math.max(1, all.size(0) / MOST_FOR_WIDTH);
        return all.slice(0, new LongOptional(0), new LongOptional(all.size(0)), step);
    }

    private DoubleWeights solved(Tensor kernel) {
        var limits = new DoubleWeights.Limits(d, 1000, Double.NaN);
        return pairs == 0
                ? DoubleWeights.ofGram(kernel, rows, rows, limits)
                : DoubleWeights.ofFeatures(kernel, rows, rows, limits);
    }

    private Tensor drawn(double mean, String part) {
        return torch.zeros(new long[] {rows, FEATURES}, Tensors.options(ScalarType.Double))
                .normal_(mean, 1, Tensors.optional(new Seed(11).child(part).generator()));
    }

    private static double median(List<Double> values) {
        double[] sorted =
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return sorted.length == 0 ? Double.NaN : sorted[sorted.length / 2];
    }

    private void print(double width, double filled, double seconds, double processor, DoubleWeights last)
            throws IOException {
        System.out.printf(
                Locale.ROOT,
                "{\"rows\": %d, \"pairs\": %d, \"d\": %s, \"bandwidth_s\": %.2f, \"kernel_s\": %.2f, \"solve_s\": %.3f,"
                        + " \"solve_cpu_s\": %.3f,"
                        + " \"steps\": %d, \"objective\": %.15e, \"gap\": %.2e, \"converged\": %b, \"peak_mb\": %d}%n",
                rows,
                pairs,
                d,
                width,
                filled,
                seconds,
                processor,
                last.steps(),
                last.objective(),
                last.gap(),
                last.converged(),
                StepBenchmark.peakMegabytes());
    }
}
