package org.counterweight.reparametrize.norm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.counterweight.engine.Tensors.doubles;
import static org.counterweight.engine.Tensors.gradients;
import static org.counterweight.engine.Tensors.scalar;
import static org.counterweight.testing.TensorAssert.assertTensor;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.reparametrize.norm.Lengths.ZeroNorm;
import org.counterweight.reparametrize.norm.WeightNorm.Form;
import org.counterweight.weights.WeightsException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WeightNormTest {
    private static final Lengths ROWS = new Lengths(0, ZeroNorm.ERROR);

    private static Tensor normal(String what, long... shape) {
        return torch.empty(shape)
                .normal_(0, 1, Tensors.optional(new Seed(2).child(what).generator()))
                .to(ScalarType.Double);
    }

    private static WeightNorm norm(Tensor v, Tensor g, Lengths lengths) {
        return new WeightNorm("w", v.requires_grad_(true), g.requires_grad_(true), Form.G, lengths);
    }

    @Test
    void aStepIsTheOneWorkedByHand() {
        try (var scope = Scope.open()) {
            WeightNorm norm = norm(doubles(new double[] {3, 4}, 1, 2), doubles(new double[] {10}, 1, 1), ROWS);
            assertTensor(norm.weight()).isCloseTo(doubles(new double[] {6, 8}, 1, 2), 1e-12, 0);
            Tensor upstream = doubles(new double[] {1, 0}, 1, 2);
            Tensor[] found = gradients(norm.weightOnce().mul(upstream).sum(), false, norm.v(), norm.length());
            assertTensor(found[0]).isCloseTo(doubles(new double[] {1.28, -0.96}, 1, 2), 1e-12, 1e-12);
            assertTensor(found[1]).isCloseTo(doubles(new double[] {0.6}, 1, 1), 1e-12, 0);
            Tensor after = norm.v().detach().sub(found[0], scalar(0.5));
            assertTensor(after).isCloseTo(doubles(new double[] {2.36, 4.48}, 1, 2), 1e-12, 0);
            assertThat(after.square().sum().item_double()).isCloseTo(25.64, within(1e-12));
            Lengths.Gradients byHand = ROWS.gradients(
                    upstream,
                    norm.v().detach(),
                    norm.length().detach(),
                    ROWS.of(norm.v().detach()));
            assertTensor(byHand.v()).isCloseTo(found[0], 1e-12, 1e-12);
            assertTensor(byHand.g()).isCloseTo(found[1], 1e-12, 1e-12);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 0, 1, 2, 3})
    void bothFormsAreTheSameAlongEveryDimension(long dim) {
        try (var scope = Scope.open()) {
            var lengths = new Lengths(dim, ZeroNorm.ERROR);
            Tensor v = normal("v", 3, 4, 2, 5);
            WeightNorm norm = norm(v, normal("g", lengths.shape(3, 4, 2, 5)), lengths);
            assertTensor(norm.weightOnce()).isCloseTo(norm.weight(), 1e-12, 1e-12);
            Tensor upstream = normal("up", 3, 4, 2, 5);
            Tensor[] fused = gradients(norm.weightOnce().mul(upstream).sum(), false, norm.v(), norm.length());
            Tensor[] plain = gradients(norm.weight().mul(upstream).sum(), false, norm.v(), norm.length());
            assertTensor(fused[0]).isCloseTo(plain[0], 1e-10, 1e-12);
            assertTensor(fused[1]).isCloseTo(plain[1], 1e-10, 1e-12);
            Lengths.Gradients byHand =
                    lengths.gradients(upstream, v.detach(), norm.length().detach(), lengths.of(v.detach()));
            assertTensor(byHand.v()).isCloseTo(plain[0], 1e-10, 1e-12);
            assertTensor(byHand.g()).isCloseTo(plain[1], 1e-10, 1e-12);
        }
    }

    @Test
    void theGradientIsOrthogonalAndOnlyLengthens() {
        try (var scope = Scope.open()) {
            WeightNorm norm = norm(normal("v", 4, 6), normal("g", 4, 1), ROWS);
            Tensor gradient =
                    gradients(norm.weightOnce().mul(normal("up", 4, 6)).sum(), false, norm.v())[0];
            Tensor v = norm.v().detach();
            Tensor along = gradient.mul(v).sum().abs().div(gradient.norm().mul(v.norm()));
            assertThat(along.item_double()).isLessThan(1e-12);
            Tensor after = ROWS.of(v.sub(gradient, scalar(0.3))).square();
            Tensor expected = ROWS.of(v).square().add(ROWS.of(gradient).square(), scalar(0.09));
            assertTensor(after).isCloseTo(expected, 1e-12, 0);
        }
    }

    @Test
    void scaleAndSignOfVDoNotCount() {
        try (var scope = Scope.open()) {
            Tensor v = normal("v", 4, 6);
            Tensor g = normal("g", 4, 1);
            Tensor w = norm(v.clone(), g.clone(), ROWS).weight();
            assertTensor(norm(v.mul(scalar(7)), g.clone(), ROWS).weight()).isCloseTo(w, 1e-12, 1e-14);
            assertTensor(norm(v.neg(), g.neg(), ROWS).weight()).isCloseTo(w, 1e-12, 1e-14);
            WeightNorm none = norm(v.clone(), torch.zeros_like(g), ROWS);
            assertThat(none.weight().abs().max().item_double()).isZero();
            Tensor[] found = gradients(none.weightOnce().mul(normal("up", 4, 6)).sum(), false, none.v(), none.length());
            assertThat(found[0].abs().max().item_double()).isZero();
            assertThat(found[1].abs().max().item_double()).isGreaterThan(0);
        }
    }

    @Test
    void theLogarithmIsOfG() {
        try (var scope = Scope.open()) {
            Tensor v = normal("v", 4, 6);
            Tensor g = normal("g", 4, 1).abs();
            WeightNorm plain = norm(v.clone(), g, ROWS);
            var log = new WeightNorm("w", v.clone(), g.detach().log().requires_grad_(true), Form.LOG, ROWS);
            assertTensor(log.weight()).isCloseTo(plain.weight(), 1e-12, 1e-14);
            Tensor up = normal("up", 4, 6);
            Tensor ofS = gradients(log.weightOnce().mul(up).sum(), false, log.length())[0];
            Tensor ofG = gradients(plain.weightOnce().mul(up).sum(), false, plain.length())[0];
            assertTensor(ofS).isCloseTo(ofG.mul(g.detach()), 1e-12, 1e-14);
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {1e-25, 1e-20, 1, 1e19, 1e30})
    void lengthsNeitherVanishNorOverflowInFloat32(double size) {
        try (var scope = Scope.open()) {
            Tensor v = normal("v", 4, 6).mul(scalar(size)).to(ScalarType.Float);
            Tensor exact = v.to(ScalarType.Double);
            WeightNorm norm = norm(v, torch.ones(4, 1), ROWS);
            assertTensor(norm.weightOnce()).isCloseTo(exact.div(ROWS.of(exact)), 1e-5, 1e-6);
            assertTensor(norm.weight()).isCloseTo(exact.div(ROWS.of(exact)), 1e-5, 1e-6);
            assertTensor(ROWS.of(v.detach()).div(scalar(size)))
                    .isCloseTo(ROWS.of(exact).div(scalar(size)), 1e-5, 0);
            WeightNorm inverse = WeightNorm.of("w", v.detach(), Form.G, ROWS);
            assertTensor(inverse.weightOnce().div(scalar(size))).isCloseTo(exact.div(scalar(size)), 1e-5, 1e-6);
        }
    }

    @Test
    void aRowOfZerosIsNamedOrKept() {
        try (var scope = Scope.open()) {
            Tensor w = normal("w", 4, 6);
            w.select(0, 2).zero_();
            assertThatThrownBy(() -> WeightNorm.of("layer.weight", w, Form.G, ROWS))
                    .isInstanceOf(WeightsException.class)
                    .hasMessageContaining("layer.weight: row 2 is zero")
                    .hasMessageContaining("zero_norm: keep_zero");
            var kept = new Lengths(0, ZeroNorm.KEEP_ZERO);
            WeightNorm norm = WeightNorm.of("layer.weight", w, Form.G, kept);
            for (Tensor weight : new Tensor[] {norm.weight(), norm.weightOnce()}) {
                assertTensor(weight).isCloseTo(w, 1e-12, 1e-14);
                Tensor[] found = gradients(weight.mul(normal("up", 4, 6)).sum(), false, norm.v(), norm.length());
                assertThat(found[0].select(0, 2).abs().max().item_double()).isZero();
                assertThat(found[1].select(0, 2).abs().max().item_double()).isZero();
                assertThat(found[0].isfinite().all().item_bool()).isTrue();
                assertThat(found[0].select(0, 1).abs().max().item_double()).isGreaterThan(0);
            }
            assertThatThrownBy(() -> WeightNorm.of("layer.weight", w, Form.LOG, kept))
                    .hasMessageContaining("row 2")
                    .hasMessageContaining("param_form: g");
            try (var off = Tensors.noGrad()) { // in mid-training
                WeightNorm dead = WeightNorm.of("layer.weight", normal("w", 4, 6), Form.G, ROWS);
                dead.v().select(0, 1).zero_();
                assertThatThrownBy(dead::weightOnce).hasMessageContaining("row 1 is zero");
                dead.v().fill_(scalar(Double.NaN));
                assertThatThrownBy(dead::weightOnce).hasMessageContaining("NaN");
            }
        }
    }

    @Test
    void rowsMayBePermuted() {
        try (var scope = Scope.open()) {
            Tensor v = normal("v", 4, 6);
            Tensor g = normal("g", 4, 1);
            Tensor order = Tensors.longs(new long[] {2, 0, 3, 1});
            Tensor permuted = norm(v.index_select(0, order), g.index_select(0, order), ROWS)
                    .weightOnce();
            assertTensor(permuted).isCloseTo(norm(v, g, ROWS).weightOnce().index_select(0, order), 1e-12, 0);
        }
    }
}
