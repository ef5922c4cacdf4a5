package org.counterweight.distill.gradient;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.distill.FlatModel;
import org.counterweight.distill.SyntheticSet;
import org.counterweight.distill.trajectory.InnerBatch;
import org.counterweight.distill.trajectory.IntermediateEpochs;
import org.counterweight.distill.trajectory.Matching;
import org.counterweight.distill.trajectory.Segment;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.part.Normalization;
import org.counterweight.model.zoo.image.ConvNet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** What the gradient through the inner loop takes of memory, by the number of steps: all graphs, or that of one. */
@EnabledOnOs(OS.LINUX) // the mark is read from /proc
class GradientMemoryTest {
    private static final int IMAGES = 40;
    private static final FlatModel MODEL = new FlatModel(new ConvNet(1, 28, 16, 3, Normalization.INSTANCE, 10));

    @Test
    void unrollingGrowsWithTheStepsAndTheSweepDoesNot() throws IOException {
        try (var scope = Scope.open()) {
            peak(new Sweep(), 2); // what LibTorch sets up once is not the gradient's
            double few = peak(new Sweep(), 8);
            double many = peak(new Sweep(), 32);
            double unrolledFew = peak(new Unrolled(), 8);
            double unrolled = peak(new Unrolled(), 32);
            String told = String.format(
                    "megabytes at 8 and 32 steps: swept %.1f, %.1f, unrolled %.1f, %.1f",
                    few, many, unrolledFew, unrolled);
            assertThat(many - few)
                    .as(told)
                    .isLessThan((unrolled - unrolledFew) / 20); // both hold what the process adds
            assertThat(unrolled).as(told).isGreaterThan(2.5 * unrolledFew).isGreaterThan(5 * many);
        }
    }

    /**
     * Megabytes by which the resident memory rises. The Java heap may grow meanwhile, by some ten of them: of the small figures
     * the least of several is taken.
     */
    private static double peak(MatchingEngine engine, int steps) throws IOException {
        var seed = new Seed(steps);
        try (var scope = Scope.open()) {
            Tensor start = MODEL.fresh(seed.child("start"));
            var segment = new Segment(start, MODEL.fresh(seed.child("target")).unsqueeze(0));
            long[] labels = new long[IMAGES];
            Arrays.setAll(labels, i -> i % 10);
            var set = new SyntheticSet(
                    Tensors.zeros(IMAGES, 1, 28, 28).normal_(0, 1, Tensors.optional(seed.generator())),
                    Tensors.longs(labels),
                    Tensors.floats(new float[] {0.01f}));
            var matching = new Matching(MODEL, 0.9, 1, IntermediateEpochs.NONE);
            List<InnerBatch> batches = InnerBatch.rows(IMAGES, IMAGES, steps, seed).stream()
                    .map(InnerBatch::of)
                    .toList();
            double least = Double.POSITIVE_INFINITY;
            int times = engine instanceof Sweep ? 6 : 1;
            for (int i = 0; i < times; i++) {
                Pointer.trimMemory();
                Files.writeString(Path.of("/proc/self/clear_refs"), "5"); // resets the high-water mark
                double before = megabytes("VmRSS");
                try (var inner = Scope.open()) {
                    engine.gradient(matching, set, segment, batches);
                }
                least = Math.min(least, megabytes("VmHWM") - before);
            }
            return least;
        }
    }

    private static double megabytes(String key) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith(key + ":")) {
                return Double.parseDouble(line.replaceAll("\\D", "")) / 1024;
            }
        }
        throw new IOException("/proc/self/status has no " + key);
    }
}
