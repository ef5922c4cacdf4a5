package org.counterweight.studies.glosses;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.counterweight.data.text.LabelledTexts;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.studies.plan.Study;
import org.counterweight.studies.plan.arm.Arm;
import org.counterweight.studies.plan.arm.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GlossTransferTest {
    @TempDir
    Path directory;

    @Test
    void rowsAreDrawnFromTheMostFrequentClasses() {
        LabelledTexts all = TinyEncoder.texts();
        LabelledTexts drawn = GlossTransfer.draw(all, 3, 100, new Seed(4));
        assertThat(drawn.labelNames()).containsExactly("plant", "animal", "food");
        assertThat(drawn.texts()).hasSize(100);
        Map<String, String> kinds = new HashMap<>();
        for (int row = 0; row < all.texts().size(); row++) {
            kinds.put(all.texts().get(row), all.labelNames().get(all.labels()[row]));
        }
        for (int row = 0; row < 100; row++) {
            assertThat(drawn.labelNames().get(drawn.labels()[row]))
                    .isEqualTo(kinds.get(drawn.texts().get(row)));
        }
        assertThat(Arrays.stream(drawn.labels()).distinct()).hasSize(3);
        assertThat(GlossTransfer.draw(all, 3, 100, new Seed(4)).texts()).isEqualTo(drawn.texts());
        assertThat(GlossTransfer.draw(all, 3, 100, new Seed(5)).texts()).isNotEqualTo(drawn.texts());
    }

    @Test
    void everyContenderStartsWithTheHeadAndTrainsIt() {
        try (var scope = Scope.open()) {
            Study.Trial trial = TinyEncoder.task(directory).prepare(new Seed(0), Size.QUICK);
            Map<String, Double> head =
                    trial.run(new Arm("head only", "lr 0.001")).values();
            Map<String, Double> full = trial.run(new Arm("full", "lr 0.001")).values();
            assertThat(head.get("trained")).isEqualTo(3 * 64 + 3.0);
            assertThat(full.get("trained")).isGreaterThan(20_000);
            assertThat(head.get("test_accuracy"))
                    .as("random features tell these words apart")
                    .isGreaterThan(0.5);
        }
    }
}
