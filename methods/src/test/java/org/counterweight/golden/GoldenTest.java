package org.counterweight.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.testing.GoldenCase;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every golden case: those in the test resources, and those anywhere below the directories that the system property
 * {@code goldens} names (comma-separated, absolute). A case whose method or op is unknown fails.
 */
class GoldenTest {
    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void agreesWithTheReference(Path directory) {
        try (var scope = Scope.open()) {
            GoldenCase golden = GoldenCase.read(directory);
            Map<String, Tensor> actual = Ops.named(golden.method(), golden.op()).run(golden);
            assertThat(actual).containsOnlyKeys(golden.outputs().keySet()); // none missing, none invented
            double mayMiss = golden.params().path("mismatch_fraction_allowed").asDouble(0);
            if (mayMiss > 0) { // where the reference itself decides arbitrarily between equals
                assertThat(missed(golden, actual))
                        .as("fraction of elements that miss")
                        .isLessThanOrEqualTo(mayMiss);
                return;
            }
            golden.outputs()
                    .forEach((name, expected) ->
                            assertTensor(actual.get(name)).as(name).isCloseTo(expected, golden.rtol(), golden.atol()));
        }
    }

    private static double missed(GoldenCase golden, Map<String, Tensor> actual) {
        long missed = 0;
        long all = 0;
        for (var expected : golden.outputs().entrySet()) {
            Tensor found = Objects.requireNonNull(actual.get(expected.getKey()));
            assertThat(Tensors.shape(found)).as(expected.getKey()).isEqualTo(Tensors.shape(expected.getValue()));
            double[] a = Tensors.toDoubles(found);
            double[] e = Tensors.toDoubles(expected.getValue());
            for (int i = 0; i < a.length; i++) {
                boolean near = Math.abs(a[i] - e[i]) <= golden.atol() + golden.rtol() * Math.abs(e[i]);
                missed += near ? 0 : 1;
            }
            all += a.length;
        }
        return (double) missed / all;
    }

    static List<Named<Path>> cases() throws URISyntaxException {
        var roots = new ArrayList<Path>();
        URL resources = Objects.requireNonNull(GoldenTest.class.getResource("/goldens"));
        roots.add(Path.of(resources.toURI()));
        for (String more : System.getProperty("goldens", "").split(",")) {
            if (!more.isBlank()) {
                roots.add(Path.of(more.strip()));
            }
        }
        var cases = new ArrayList<Named<Path>>();
        for (Path root : roots) {
            for (Path directory : GoldenCase.below(root)) {
                cases.add(Named.of(root.relativize(directory).toString(), directory));
            }
        }
        return cases;
    }
}
