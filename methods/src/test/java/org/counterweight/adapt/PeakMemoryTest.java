package org.counterweight.adapt;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.adapt.bora.BoraConfig;
import org.counterweight.adapt.bora.BoraConfig.Order;
import org.counterweight.adapt.lowrank.DoraConfig;
import org.counterweight.adapt.lowrank.LowRankStart;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Parametrization;
import org.counterweight.model.Pass;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A training step of a large layer makes nothing of the weight's size: the kernel's high-water mark says so. */
class PeakMemoryTest {
    private static final int WIDTH = 4096;
    private static final long WEIGHT_BYTES = 4L * WIDTH * WIDTH;
    private static final List<String> ANY = List.of("any");

    private static AdapterConfig config(String name) {
        return switch (name) {
            case "dora" -> new DoraConfig(64, 64, false, 0, true, LowRankStart.LORA, ANY);
            case "dora, norms with gradient" -> new DoraConfig(64, 64, false, 0, false, LowRankStart.LORA, ANY);
            case "bora" -> new BoraConfig(64, 64, false, 0, Order.ROW_COL, true, 1e-8, 1, LowRankStart.LORA, ANY);
            case "bora, columns first" ->
                new BoraConfig(64, 64, false, 0, Order.COL_ROW, true, 1e-8, 1, LowRankStart.LORA, ANY);
            case "bora, norms with gradient" ->
                new BoraConfig(64, 64, false, 0, Order.ROW_COL, false, 1e-8, 1, LowRankStart.LORA, ANY);
            default -> throw new IllegalArgumentException(name);
        };
    }

    @EnabledOnOs(OS.LINUX) // the mark is read from /proc
    @ParameterizedTest
    @ValueSource(
            strings = {"dora", "dora, norms with gradient", "bora", "bora, columns first", "bora, norms with gradient"})
    void aStepNeedsLessThanHalfOfTheWeight(String name) throws IOException {
        try (var scope = Scope.open()) {
            var random = new Seed(1).generator();
            Tensor base = Tensors.zeros(WIDTH, WIDTH).uniform_(-0.01, 0.01, Tensors.optional(random));
            Tensor x = Tensors.zeros(8, WIDTH).normal_(0, 1, Tensors.optional(random));
            Parametrization adapter = config(name).create("any", base, random);
            step(adapter, x, base); // what LibTorch sets up once is not the step's
            long least = Long.MAX_VALUE; // of several: the Java heap may grow meanwhile, and that only adds
            for (int i = 0; i < 15; i++) {
                Files.writeString(Path.of("/proc/self/clear_refs"), "5"); // resets the high-water mark
                long before = kilobytes("VmRSS");
                step(adapter, x, base);
                least = Math.min(least, kilobytes("VmHWM") - before);
            }
            assertThat(least * 1024).isLessThan(WEIGHT_BYTES / 2);
        }
    }

    private static void step(Parametrization adapter, Tensor x, Tensor base) {
        try (var scope = Scope.open()) {
            Tensors.gradients(
                    adapter.apply(x, base, null, Pass.evaluation()).square().sum(),
                    false,
                    adapter.trainables().values().toArray(new Tensor[0]));
        }
    }

    private static long kilobytes(String key) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith(key + ":")) {
                return Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        throw new IOException("/proc/self/status has no " + key);
    }
}
