package org.counterweight.experiments;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every study of the catalogue runs in reduced size, twice with the same figures. */
class StudiesTest {
    @TempDir
    Path output;

    /** All of them; the one that fetches its corpora gets made-up ones. */
    static List<Study> studies() {
        return Studies.all().stream()
                .map(study -> study instanceof ReweightingLanguageStudy
                        ? new ReweightingLanguageStudy(StudiesTest::madeUp)
                        : study)
                .toList();
    }

    private static List<String> madeUp(String corpus) {
        return IntStream.range(0, 20)
                .mapToObj(i -> (corpus + " says " + i + ", ").repeat(10))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("studies")
    void runsInReducedSizeAndRepeats(Study study) throws IOException {
        Report first = new Reproduction(study, Size.QUICK, 1).run(output, Progress.SILENT);
        Report second = new Reproduction(study, Size.QUICK, 1).run(output, Progress.SILENT);
        assertThat(first.complete()).isFalse();
        assertThat(second.tables()).isEqualTo(first.tables());
        assertThat(second.claims()).isEqualTo(first.claims());
        assertThat(first.claims()).hasSameSizeAs(study.plan().claims());
    }

    @Test
    void slugsAreUnique() {
        List<String> slugs =
                Studies.all().stream().map(study -> study.plan().slug()).toList();
        assertThat(slugs).doesNotHaveDuplicates();
    }
}
