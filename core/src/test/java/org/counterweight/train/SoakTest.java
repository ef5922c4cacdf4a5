package org.counterweight.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.counterweight.data.BatchSource;
import org.counterweight.engine.Scope;
import org.counterweight.train.objective.CrossEntropy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Training leaves no native memory behind. {@code -Dsoak.steps=20000} makes it long. */
class SoakTest {
    private static final long STEPS = Long.getLong("soak.steps", 2_000);

    @Test
    @EnabledOnOs(OS.LINUX) // resident memory is read from /proc
    void residentMemoryStaysFlat() {
        try (var scope = Scope.open()) {
            Tiny model = new Tiny(64, 128, 10, 0.1);
            Task task =
                    Task.of(model, model.params(5), BatchSource.of(model.batches(1, 10, 32)), new CrossEntropy(0.1));
            TrainConfig config = TrainConfig.of("{max_steps: " + STEPS + ", lr: 1e-4, precision: float32}");
            var resident = new ArrayList<Long>();
            TrainingListener watch = new TrainingListener() {
                @Override
                public void stepped(StepReport report) {
                    if (report.step() % (STEPS / 4) == 0) {
                        resident.add(residentKilobytes());
                    }
                }
            };
            try (var trainer = new Trainer(task, config, watch, null)) {
                trainer.run();
            }
            // One gradient more a step would be 36 kB: at least 36 MB between the second quarter and the last.
            assertThat(resident.get(3) - resident.get(1))
                    .as("resident kilobytes after each quarter of %d steps: %s", STEPS, resident)
                    .isLessThan(12_000 + STEPS / 2);
        }
    }

    private static long residentKilobytes() {
        try {
            List<String> lines = Files.readAllLines(Path.of("/proc/self/status"));
            String line = lines.stream()
                    .filter(l -> l.startsWith("VmRSS:"))
                    .findFirst()
                    .orElseThrow();
            return Long.parseLong(line.replaceAll("\\D", ""));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
