package org.counterweight.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.counterweight.testing.TensorAssert.assertTensor;

import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FewRowsTest {
    /** One row, few, many; products that are worth oneDNN's call, and that are not; other types. */
    @ParameterizedTest(name = "{0} texts of {1} tokens, {2} to {3}, {4}")
    @CsvSource({
        "1, 1, 12, 30, Float",
        "3, 1, 12, 30, Float",
        "2, 4, 7, 1, Float",
        "63, 1, 12, 5, Float",
        "64, 1, 12, 5, Float",
        "1, 1, 256, 2048, Float",
        "8, 1, 256, 2048, Float",
        "2, 3, 64, 4096, Float",
        "6, 2, 256, 2048, Float",
        "32, 1, 1024, 512, Float",
        "0, 1, 4, 6, Float",
        "3, 1, 12, 30, Double",
        "3, 1, 12, 30, BFloat16"
    })
    void areMultipliedAsAnyOthers(long rows, long length, long in, long out, ScalarType type) {
        int before = Engine.threads();
        Engine.setThreads(2);
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            var random = new Seed(rows + out).generator();
            Tensor x = normal(random, rows, length, in).to(type);
            Tensor weight = normal(random, out, in).to(type);
            Tensor bias = normal(random, out).to(type);

            for (Tensor added : new Tensor[] {null, bias}) {
                Tensor y = Tensors.linearOfFewRows(x, weight, added);
                assertThat(y.is_contiguous()).isTrue();
                assertThat(y.scalar_type().intern()).isEqualTo(type);
                double near = type == ScalarType.BFloat16 ? 1e-2 : 1e-5;
                Tensor bound = product(
                        x.abs(), weight.abs(), added); // what rounding is measured by, whatever the order of sums
                assertTensor(y.to(ScalarType.Double)
                                .sub(product(x, weight, added))
                                .div(bound.add(Tensors.scalar(1e-9))))
                        .isCloseTo(torch.zeros_like(bound), 0, near);
            }
        } finally {
            Engine.setThreads(before);
        }
    }

    private static Tensor product(Tensor x, Tensor weight, @Nullable Tensor bias) {
        Tensor exact = bias == null ? null : bias.to(ScalarType.Double);
        return Tensors.linear(x.to(ScalarType.Double), weight.to(ScalarType.Double), exact);
    }

    private static Tensor normal(Generator random, long... shape) {
        return Tensors.zeros(shape).normal_(0, 1, Tensors.optional(random));
    }
}
