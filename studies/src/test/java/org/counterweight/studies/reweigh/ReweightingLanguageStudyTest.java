package org.counterweight.studies.reweigh;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.counterweight.data.text.LanguageModelling;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.studies.plan.Study;
import org.counterweight.studies.plan.arm.Measurement;
import org.counterweight.studies.plan.arm.Size;
import org.junit.jupiter.api.Test;

class ReweightingLanguageStudyTest {
    private final Study study = new ReweightingLanguageStudy(corpus -> IntStream.range(0, 20)
            .mapToObj(i -> (corpus + " says " + i + ", ").repeat(10))
            .toList());

    /** 64 copies end to end are as many blocks as the notice has bytes, the end token with them, and no two are alike. */
    @Test
    void theNoticeIsCutAtEveryPlace() {
        String notice = ReweightingLanguageStudy.notice();
        assertThat(notice).hasSize(1536).isASCII();
        LanguageModelling blocks = LanguageModelling.bytes(Collections.nCopies(64, notice), 64);
        assertThat(blocks.size()).isEqualTo(1537);
        Set<List<Long>> different = new HashSet<>();
        try (var scope = Scope.open()) {
            long[] ids = Tensors.toLongs(
                    blocks.batch(IntStream.range(0, 1537).toArray()).inputIds());
            for (int row = 0; row < 1537; row++) {
                different.add(IntStream.range(row * 64, row * 64 + 64)
                        .mapToObj(i -> ids[i])
                        .toList());
            }
        }
        assertThat(different).hasSize(1537);
    }

    @Test
    void theArmsStartAlikeAndThenDiffer() {
        try (var scope = Scope.open()) {
            Study.Trial trial = study.prepare(new Seed(0), Size.QUICK);
            List<Measurement> measured =
                    study.plan().arms().stream().map(trial::run).toList();
            assertThat(measured)
                    .extracting(measurement -> curve(measurement)[0])
                    .as("before the first step")
                    .allMatch(loss -> Math.abs(loss - Math.log(257)) < 0.1)
                    .containsOnly(curve(measured.get(0))[0]);
            assertThat(measured)
                    .extracting(measurement -> curve(measurement)[1])
                    .as("after 30 steps")
                    .allMatch(loss -> loss < 5)
                    .doesNotHaveDuplicates();
            assertThat(measured)
                    .allSatisfy(measurement ->
                            assertThat(measurement.values().get("real_loss")).isEqualTo(curve(measurement)[1]));
        }
    }

    private static double[] curve(Measurement measurement) {
        return measurement.curves().getOrDefault("real_loss", new double[0]);
    }
}
