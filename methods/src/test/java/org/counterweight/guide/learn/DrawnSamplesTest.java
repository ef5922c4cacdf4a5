package org.counterweight.guide.learn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DrawnSamplesTest {
    /** Thirty looks at the end of a run that was long over would all be alike. */
    @ParameterizedTest
    @ValueSource(ints = {7, 8, 13, 30, 100, 1000})
    void looksThatAreKeptLieAllOverTheCourse(int evaluations) {
        var looks = new LinkedHashMap<Long, float[]>();
        for (int i = 1; i <= evaluations; i++) {
            looks.put(19L * i, new float[0]);
            DrawnSamples.thin(looks);
        }
        List<Long> steps = new ArrayList<>(looks.keySet());
        assertThat(steps).hasSize(6).isSorted().startsWith(19L).endsWith(19L * evaluations);
        for (int i = 1; i < steps.size(); i++) {
            assertThat(steps.get(i) - steps.get(i - 1))
                    .as("of %s", steps)
                    .isLessThanOrEqualTo(19L * Math.max(2, evaluations / 2));
        }
    }
}
