package org.counterweight.model.part;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ActivationTest {
    /** What PyTorch 2.13 gives for −2, 0.5 and 11 under transformers' names. */
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "gelu, -0.0455003, 0.3457312, 11",
        "gelu_new, -0.0454023, 0.3457140, 11",
        "gelu_accurate, -0.0454023, 0.3457140, 11",
        "gelu_10, -0.0455003, 0.3457312, 10",
        "quick_gelu, -0.0643414, 0.3503884, 11",
        "relu, 0, 0.5, 11",
        "relu2, 0, 0.25, 121",
        "relu6, 0, 0.5, 6",
        "leaky_relu, -0.02, 0.5, 11",
        "silu, -0.2384058, 0.3112297, 10.9998163",
        "hardswish, -0.3333333, 0.2916667, 11",
        "mish, -0.2525015, 0.3752452, 11",
        "tanh, -0.9640276, 0.4621172, 1",
        "sigmoid, 0.1192029, 0.6224593, 0.9999833",
        "laplace, 0, 0.2314211, 1",
        "sqrtsoftplus, 0.3562696, 0.9869534, 3.3166273",
        "linear, -2, 0.5, 11",
    })
    void isTheOneOfThatName(String name, double atMinusTwo, double atAHalf, double atEleven) {
        try (var scope = Scope.open()) {
            Tensor y = Activation.named(name, "hidden_act").apply(Tensors.doubles(new double[] {-2, 0.5, 11}, 3));
            assertThat(Tensors.toDoubles(y))
                    .containsExactly(new double[] {atMinusTwo, atAHalf, atEleven}, within(1e-6));
        }
    }

    @Test
    void oneWithWeightsOfItsOwnIsRefused() {
        assertThatThrownBy(() -> Activation.named("prelu", "hidden_act"))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("hidden_act: \"prelu\" is not allowed; expected one of gelu, ");
    }
}
