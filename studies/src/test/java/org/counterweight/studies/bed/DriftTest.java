package org.counterweight.studies.bed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.adapt.sorsa.Orthonormality;
import org.counterweight.adapt.sorsa.SorsaConfig;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Params;
import org.counterweight.studies.bed.classifier.Perceptron;
import org.junit.jupiter.api.Test;

class DriftTest {
    private static final Perceptron MODEL = new Perceptron(List.of(8L, 8L, 8L));
    private static final List<String> MODULES = List.of("0", "1");

    @Test
    void aFreshAdapterHasNotMoved() {
        try (var scope = Scope.open()) {
            Map<String, Tensor> base = MODEL.initialize(new Seed(1).generator());
            Map<String, Double> drift = new Drift().of(MODULES, base, sorsa(base));
            assertThat(drift.get("delta_sigma")).isCloseTo(0, within(1e-5));
            assertThat(drift.get("delta_d")).isCloseTo(0, within(1e-4));
            assertThat(drift.get("orthonormality")).isCloseTo(0, within(1e-5));
        }
    }

    /** Doubling one module's weight moves its singular values by their own size, and turns no vector. */
    @Test
    void aLongerWeightHasOtherValuesInTheSameDirections() {
        try (var scope = Scope.open()) {
            Map<String, Tensor> base = MODEL.initialize(new Seed(1).generator());
            Tensor weight = Objects.requireNonNull(base.get("1.weight"));
            Params after = Params.of(base).replacing(Map.of("1.weight", Tensors.times(weight, 2)));
            Map<String, Double> drift = new Drift().of(MODULES, base, after);
            double values = torch.linalg_svdvals(weight).mean().item_double();
            assertThat(drift.get("delta_sigma")).isCloseTo(values / 2, within(1e-5)); // mean of both modules
            assertThat(drift.get("delta_d")).isCloseTo(0, within(1e-4));
            assertThat(drift).doesNotContainKey("orthonormality");
        }
    }

    private static Params sorsa(Map<String, Tensor> base) {
        var config = new SorsaConfig(2, null, 0, 1e-3, Orthonormality.MEAN, false, 0, List.of("all-linear"));
        return new Contender("SORSA", config).onto(MODEL, Params.of(base), MODULES, new Seed(2));
    }
}
