package org.counterweight.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.distill.FlatModel;
import org.counterweight.distill.SyntheticSet;
import org.counterweight.distill.gradient.MatchingEngine;
import org.counterweight.distill.gradient.MatchingGradient;
import org.counterweight.distill.gradient.Sweep;
import org.counterweight.distill.gradient.Tesla;
import org.counterweight.distill.gradient.Unrolled;
import org.counterweight.distill.trajectory.InnerBatch;
import org.counterweight.distill.trajectory.Matching;
import org.counterweight.distill.trajectory.Segment;
import org.counterweight.engine.Engine;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.part.Normalization;
import org.counterweight.model.zoo.image.ConvNet;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Times the gradient of a matching loss with respect to synthetic images, one a class of 28 x 28 pixels, through an inner loop, and
 * tells the memory that it needs beyond what was there before; {@code bench/peer_distill.py} does the same with PyTorch.
 */
@Command(name = "distill", description = "Times steps of distillation; prints one JSON line.")
final class DistillBenchmark implements Callable<Integer> {
    private static final int CLASSES = 10;
    private static final int PIXELS = 28;

    @Option(names = "--engine", defaultValue = "sweep", description = "sweep, unroll or tesla")
    String engine = "sweep";

    @Option(names = "--inner", defaultValue = "10", description = "steps of the inner loop")
    int inner = 10;

    @Option(names = "--a-class", defaultValue = "1", description = "images of each class")
    int each = 1;

    @Option(names = "--width", defaultValue = "128")
    int width = 128;

    @Option(names = "--rounds", defaultValue = "7")
    int rounds = 7;

    @Option(names = "--warmup", defaultValue = "2")
    int warmup = 2;

    @Option(names = "--threads", defaultValue = "2")
    int threads = 2;

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new DistillBenchmark()).execute(arguments));
    }

    @Override
    public Integer call() throws IOException {
        Engine.setThreads(threads);
        try (var scope = Scope.open()) {
            var model = new FlatModel(new ConvNet(1, PIXELS, width, 3, Normalization.INSTANCE, CLASSES));
            Tensor start = model.fresh(new Seed(1));
            Tensor way = start.add(start.mul(Tensors.scalar(0.1)));
            int images = CLASSES * each;
            Tensor pixels =
                    Tensors.zeros(images, 1, PIXELS, PIXELS).normal_(0, 1, Tensors.optional(new Seed(2).generator()));
            Tensor labels =
                    Tensors.longs(LongStream.range(0, images).map(i -> i / each).toArray());
            var set = new SyntheticSet(pixels, labels, Tensors.floats(new float[] {0.01f}, 1));
            var segment = new Segment(start, way.unsqueeze(0));
            InnerBatch all =
                    InnerBatch.of(Tensors.longs(LongStream.range(0, images).toArray()));
            List<InnerBatch> batches = Collections.nCopies(inner, all);
            System.out.println(told(model, set, segment, batches));
        }
        return 0;
    }

    private String told(FlatModel model, SyntheticSet set, Segment segment, List<InnerBatch> batches)
            throws IOException {
        MatchingEngine gradient = switch (engine) {
            case "unroll" -> new Unrolled();
            case "tesla" -> new Tesla();
            default -> new Sweep();
        };
        long before = StepBenchmark.peakMegabytes();
        var times = new ArrayList<Double>();
        double loss = 0;
        double length = 0;
        for (int round = 0; round < warmup + rounds; round++) {
            long begun = System.nanoTime();
            try (var scope = Scope.open()) {
                MatchingGradient found = gradient.gradient(Matching.plain(model), set, segment, batches);
                loss = found.losses().total().item_double();
                length = found.images().norm().item_double();
            }
            if (round >= warmup) {
                times.add((System.nanoTime() - begun) / 1e6);
            }
        }
        return String.format(
                Locale.ROOT,
                "{\"engine\": \"%s\", \"inner\": %d, \"images\": %d, \"width\": %d, \"median_ms\": %.1f, \"peak_mb\":"
                        + " %d, \"before_mb\": %d, \"loss\": %.6f, \"gradient\": %.6g}",
                engine,
                inner,
                set.images().size(0),
                width,
                times.stream().sorted().skip(times.size() / 2).findFirst().orElseThrow(),
                StepBenchmark.peakMegabytes(),
                before,
                loss,
                length);
    }
}
