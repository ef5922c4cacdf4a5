package org.counterweight.experiments;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every study of the catalogue runs in reduced size, twice with the same figures. */
class StudiesTest {
    @TempDir
    Path output;

    static List<String> slugs() {
        return Studies.all().stream().map(study -> study.plan().slug()).toList();
    }

    @ParameterizedTest
    @MethodSource("slugs")
    void runsInReducedSizeAndRepeats(String slug) throws IOException {
        Study study = Studies.named(slug).get(0);
        Report first = new Reproduction(study, Size.QUICK, 1).run(output, Progress.SILENT);
        Report second = new Reproduction(study, Size.QUICK, 1).run(output, Progress.SILENT);
        assertThat(first.complete()).isFalse();
        assertThat(second.tables()).isEqualTo(first.tables());
        assertThat(second.claims()).isEqualTo(first.claims());
        assertThat(first.claims()).hasSameSizeAs(study.plan().claims());
    }

    @Test
    void slugsAreUnique() {
        assertThat(new HashSet<>(slugs())).hasSameSizeAs(slugs());
    }
}
